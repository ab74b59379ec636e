import { count, formatShare, grouped, type Screen, styled, textWidth, verdictText, wrap } from 'tentacle-protocol/cli';
import { catalogue } from 'tentacle-protocol/diagnostics';
import type { ReportTextOptions } from '../options/report-text-options.js';
import { DEPTHS } from '../report/measurement-depth.js';
import type { Report } from '../report/report.js';
import { attestationDetails, attestationWarnings, natLine } from './attestation-lines.js';
import { failureTable, otherFailures } from './failures-text.js';
import { floorsText } from './floors-text.js';
import { histogramText } from './histogram-text.js';
import { idleText } from './idle-text.js';
import { outagesText, outagesWarning } from './outages-text.js';
import { detailLine, peerDetails, peerLine, proxyText } from './peer-text.js';
import { remoteViewText } from './remote-view-text.js';
import { loadLines, scheduleWarnings } from './schedule-text.js';
import { sizesText } from './sizes-text.js';
import { stagePicture } from './stage-picture.js';
import { stageTable } from './stage-table.js';
import { transfersText } from './transfers-text.js';
import { warningLine, warningText } from './warning-lines.js';

/** The end of a healthy run is seen as a whole on a console of 24 lines, also where something qualifies it. */
const CONSOLE_LINES = 24;

/** What a histogram has besides its steps: an empty line and its heads. */
const BESIDE_STEPS = 2;

/** More steps say little more; fewer than three are no distribution. */
const STEPS_MAX = 6;
const STEPS_LEAST = 3;

/**
 * The end of a run: counts, the figures, what the other end recorded, and last the verdict with what qualifies it. All
 * details are in between with --verbose.
 */
export function terminalReport(report: Report, screen: Screen, options: ReportTextOptions): string {
  const joined = (histogram: string): string =>
    [
      `${countsLine(report, screen.width)}${figures(report, options, screen)}${histogram}`,
      options.isVerbose ? details(report, screen) : '',
      conclusion(report, options, screen),
    ]
      .filter((part) => part !== '')
      .map((part) => `\n${part}`)
      .join('');
  const isBrief = report.verdict.id === 'ok' && !options.isVerbose;
  const stepsMax = isBrief ? CONSOLE_LINES - BESIDE_STEPS - linesOf(joined('')) : STEPS_MAX;
  return joined(distribution(report, options, screen, Math.min(Math.max(stepsMax, STEPS_LEAST), STEPS_MAX)));
}

const linesOf = (text: string): number => text.split('\n').length - 1;

function countsLine({ attempts, startedAt, endedAt }: Report, width: number): string {
  const { sent, ok, failed, cancelled } = attempts;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const failedText = failed === 0 ? '0 failed' : styled('bad', `${grouped(failed)} failed`);
  const words = [
    styled('strong', count(sent, 'attempt')),
    `${grouped(ok)} ok`,
    `${failedText} (${formatShare(failed, sent)})`,
    ...(cancelled === 0 ? [] : [`${cancelled} canceled`]),
  ];
  return `${wrap(`${words.join(', ')} in ${seconds} s`, '', '  ', width)}\n`;
}

/** The results of what the run was for: sizes, idle times, data, or the times of the stages. */
function figures(report: Report, { isVerbose }: ReportTextOptions, screen: Screen): string {
  const { sizes, idle, transfers } = report;
  const stages = isVerbose ? stageFigures(report, screen) : '';
  if (sizes !== undefined) return `${stages}${sizesText(sizes, screen)}`;
  if (idle !== undefined) return `${stages}${idleText(idle, screen)}`;
  if (transfers !== undefined) return `${stages}${transfersText(transfers, screen)}`;
  return stageFigures(report, screen);
}

/** How the times of the chosen stage are distributed, where the run was for times. */
function distribution(report: Report, { histogram }: ReportTextOptions, screen: Screen, stepsMax: number): string {
  const { sizes, idle, transfers } = report;
  if (sizes !== undefined || idle !== undefined || transfers !== undefined) return '';
  const chart = histogramText(report, histogram, screen, stepsMax);
  return chart === '' ? '' : `\n${chart}`;
}

/** A single attempt is a picture; a table of one time in eight columns says less. */
function stageFigures(report: Report, screen: Screen): string {
  const [record] = report.records;
  if (report.attempts.sent === 1 && record !== undefined) return stagePicture(record, screen);
  return `${stageTable(report, screen)}${floorsText(report, screen)}`;
}

function details(report: Report, screen: Screen): string {
  const { width } = screen;
  const parts = [
    failureTable(report, width),
    outagesText(report, width),
    [proxyText(report.proxy, '', width), peerDetails(report.peer, width), attestationDetails(report, width)].join(''),
    remoteViewText(report.otherEnd, screen, { isVerbose: true }),
    detailLine('depth', `${DEPTHS[report.level].measured}; ${DEPTHS[report.level].why}`, width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Reasons without records that a verdict has, or that no step of the reader changes. */
const REASONS_IN_VERDICT = ['unknown-peer', 'refused'];

function remoteViewInBrief({ otherEnd }: Report, screen: Screen): string {
  if (otherEnd?.status === 'not-seen' && REASONS_IN_VERDICT.includes(otherEnd.why)) return '';
  return remoteViewText(otherEnd, screen, { isVerbose: false });
}

/** The verdict, what qualifies it, and where to read on. */
function conclusion(report: Report, options: ReportTextOptions, screen: Screen): string {
  const { isVerbose } = options;
  const { width } = screen;
  const { verdict, target, reconnects, warnings } = report;
  const times = reconnects === 1 ? 'once' : count(reconnects, 'time');
  const qualifying = [
    ...otherFailures(report),
    ...(isVerbose ? [] : outagesWarning(report)),
    ...attestationWarnings(report),
    ...(reconnects === 0 ? [] : [`the reused connection dropped and was re-established ${times}`]),
    ...scheduleWarnings(report),
  ];
  return [
    verdictText(verdict, screen, { isVerbose, tentacleHost: target.host }),
    // The end of a list of steps is not what follows it.
    verdict.next.length === 0 ? '' : '\n',
    ...qualifying.map((text) => warningLine(text, screen)),
    ...warnings.map((warning) => warningText(warning, isVerbose, screen)),
    ...(isVerbose
      ? []
      : [
          remoteViewInBrief(report, screen),
          proxyText(report.proxy, '  ', width),
          peerLine(report, width),
          natLine(report, width),
        ]),
    ...loadLines(report).map((text) => `${wrap(text, '  ', '    ', width)}\n`),
    moreText(report, options, width),
  ].join('');
}

/** Where to read on: as many places in a line as fit; none is broken, because they are copied. */
function moreText({ verdict: { id } }: Report, { isVerbose, hasHtml }: ReportTextOptions, width: number): string {
  const isFailure = id !== 'ok' && catalogue.some((row) => row.id === id);
  const places = [...(isVerbose ? [] : ['--verbose']), ...(isFailure ? [`tentacle-ping explain ${id}`] : [])];
  const texts = [
    ...(places.length === 0 ? [] : [`More: ${places.join(', or ')}`]),
    ...(hasHtml ? [] : ['For a ticket: --html report.html']),
  ];
  if (texts.length === 0) return '';
  const line = `  ${texts.join('. ')}`;
  const isOneLine = textWidth(line) <= width;
  return (isOneLine ? [line] : texts.map((text) => `  ${text}`)).map((text) => `${styled('dim', text)}\n`).join('');
}
