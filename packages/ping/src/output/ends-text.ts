import { columns, count, ms, type Screen, verdictText, wrap } from 'tentacle-protocol/cli';
import type { EndsComparison, EndsError, EndsStage, EndsTables, EndsTotals } from '../compare/ends-comparison.js';
import type { EndsFinding } from '../remote-records/ends-records.js';
import { verdictKind } from './comparison-verdict-kind.js';
import { overlayText } from './overlay-text.js';
import { remoteViewText } from './remote-view-text.js';

/** What a text of a comparison shows. */
export interface ComparisonTextOptions {
  /** False: the evidence that carries the verdict. True: everything. */
  readonly isVerbose: boolean;
}

/** The letters of both ends in tables and histograms. */
const HERE = 'A';
const THERE = 'B';

/** Both ends of one run: their times and errors beside each other, then the verdict. */
export function endsText(
  ends: EndsComparison | EndsTotals,
  screen: Screen,
  { isVerbose }: ComparisonTextOptions,
): string {
  const { width } = screen;
  return [
    sidesText(ends, width),
    stageTable(ends.stages, screen),
    stagesToDraw(ends.stages, isVerbose)
      .map((stage) => `\n${overlayOf(stage, screen)}`)
      .join(''),
    errorTable(ends, width),
    'otherEnd' in ends ? recordsText(ends, screen, isVerbose) : '',
    `\n${verdictText(ends.verdict, screen, { kind: verdictKind(ends.verdict.id), isVerbose })}`,
    isVerbose ? '' : '\n  More: --verbose\n',
  ].join('');
}

function sidesText({ target, attempts, ...ends }: EndsComparison | EndsTotals, width: number): string {
  const received = 'received' in ends ? `, ${count(ends.received, 'connection')} of all clients` : '';
  const lines = [
    wrap(
      `tentacle-ping here, to ${target.host}:${target.port}: ${attempts.ok} of ${count(attempts.ended, 'attempt')} ok`,
      `${HERE}  `,
      '   ',
      width,
    ),
    wrap(`tentacle-pong ${ends.pongVersion} there${received}`, `${THERE}  `, '   ', width),
  ];
  return `${lines.join('\n')}\n`;
}

/** From here on the 90th and 99th percentile fit beside the median. */
const WIDE_TABLE_CHARS = 72;

function stageTable(stages: readonly EndsStage[], { width }: Screen): string {
  if (stages.length === 0) return '';
  const isWide = width >= WIDE_TABLE_CHARS;
  const shown = isWide ? [0.5, 0.9, 0.99] : [0.5];
  const rows = stages.map(({ stage, quantiles, networkUs }) => [
    stage,
    ...shown.flatMap((p) => {
      const found = quantiles.find(({ quantile }) => quantile === p);
      return found === undefined ? ['-', '-'] : [ms(found.hereUs), ms(found.thereUs)];
    }),
    networkUs === undefined ? '-' : ms(networkUs),
  ]);
  const head = shown.flatMap((p) => [`p${p * 100} ${HERE}`, THERE]);
  return `\n${columns(`l${'r'.repeat(head.length + 1)}`, [['ms', ...head, 'network'], ...rows], width)}`;
}

/** The round trip carries the verdict; with all details, every stage. */
function stagesToDraw(stages: readonly EndsStage[], isVerbose: boolean): readonly EndsStage[] {
  return isVerbose ? stages : stages.slice(-1);
}

function overlayOf({ stage, steps, hereCount, thereCount }: EndsStage, screen: Screen): string {
  return overlayText(
    { reference: HERE, candidate: THERE },
    { stage, steps, referenceCount: hereCount, candidateCount: thereCount },
    screen,
  );
}

/** A failure here beside the endings there. */
function errorTable({ errors }: EndsTables, width: number): string {
  if (errors.length === 0) return '';
  const rows = errors.map(({ id, count: times, there }) => [
    id === undefined ? '-' : `${times} x ${id}`,
    there.length === 0 ? '-' : there.map(endingText).join(', '),
  ]);
  if (width >= WIDE_TABLE_CHARS) return `\n${columns('ll', [[`errors ${HERE}`, THERE], ...rows], width)}`;
  const lines = rows.map(
    ([here = '', there = '']) =>
      `${wrap(here, `${HERE}  `, '   ', width)}\n${wrap(there, `${THERE}  `, '   ', width)}\n`,
  );
  return `\nerrors\n${lines.join('')}`;
}

function endingText({ ending = 'still open', count: times }: EndsError['there'][number]): string {
  return `${times} x ${ending}`;
}

/** What the records show beyond the tables. */
function recordsText({ otherEnd, failures, unreadable }: EndsComparison, screen: Screen, isVerbose: boolean): string {
  const { width } = screen;
  const texts = isVerbose ? failures.map((failure) => failureText(failure, width)) : [];
  const damaged = unreadable === 0 ? [] : [`${count(unreadable, 'line')} of pong's file could not be read`];
  return `\n${remoteViewText(otherEnd, screen, { isVerbose, withoutTimes: !isVerbose })}${[...texts, ...damaged].map((text) => `${text}\n`).join('')}`;
}

function failureText({ id, title, says, certainty }: EndsFinding, width: number): string {
  const unknown = certainty.kind === 'unknown' ? ' The cause is unknown.' : '';
  const head = wrap(`${id}: ${title}.${says === '' ? '' : ` ${says}`}${unknown}`, '', '  ', width);
  if (certainty.kind !== 'ambiguous') return head;
  const causes = certainty.causes.map((cause) => wrap(cause, '  - ', '    ', width));
  const howToTell = wrap(`How to tell: ${certainty.howToTell}`, '  ', '  ', width);
  return [head, '  Possible causes:', ...causes, howToTell].join('\n');
}
