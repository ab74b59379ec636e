import {
  columns,
  count,
  type DurationFigures,
  mark,
  ms,
  padEnd,
  padStart,
  type Screen,
  shortenThumbprints,
  shortThumbprint,
  styled,
  textWidth,
  verdictText,
  wrap,
} from 'tentacle-protocol/cli';
import { endings, failureDefinition } from 'tentacle-protocol/diagnostics';
import type { PollingReport, SubscriptionReport } from '../measurements/polling-server/polling-report.js';
import type { CallRecord } from '../measurements/polling-server/polling-tally.js';
import type { PollingServerOptions } from '../options/polling-server-options.js';

/** The text that appears once the port is open. Commands are not wrapped. */
export function listeningText(
  { bind, trust }: PollingServerOptions,
  server: { version: string; port: number; ownThumbprint: string; pollCommand: string },
  { width }: Screen,
): string {
  const { version, port, ownThumbprint, pollCommand } = server;
  const address = bind === undefined ? 'all addresses' : `address ${bind}`;
  const accepted =
    trust.length === 0 ? 'any poller (restrict: --trust)' : `${count(trust.length, 'poller')} named with --trust`;
  const title = `tentacle-ping ${version} is listening for pollers on port ${port}, ${address}`;
  const facts = [
    ['thumbprint', ownThumbprint],
    ['accepts', accepted],
  ] as const;
  const lines = [
    wrap(styled('strong', title), '', '', width),
    '',
    ...facts.map(([name, text]) => wrap(text, `  ${name.padEnd(10)}  `, ' '.repeat(14), width)),
    '',
    'On the other machine, run',
    `  ${pollCommand}`,
    wrap('Press Ctrl+C to stop and print a report.', '', '', width),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** The columns of a call's line: those of an attempt, with the stages of a call. */
const CLOCK_COLUMNS = 10;
const NUMBER_COLUMNS = 4;
const RESULT_COLUMNS = 6;
const TOTAL_COLUMNS = 8;
const STAGES = ['collect', 'call'] as const;
const STAGE_COLUMNS = 9;

/** The names of the columns of {@link callLine}. */
export function callHead({ width }: Screen): string {
  const number = padStart('#', NUMBER_COLUMNS);
  const head = `${padEnd('time', CLOCK_COLUMNS)}${number}  ${padEnd('result', RESULT_COLUMNS)}${padStart('total', TOTAL_COLUMNS)}`;
  const stages = ` |${STAGES.map((stage) => padStart(stage, STAGE_COLUMNS)).join('')}  ms`;
  return `${styled('dim', textWidth(head + stages) <= width ? head + stages : `${head} ms`)}\n`;
}

/** One line for one call: local time, number, result, total and its parts in milliseconds, and the poller. */
export function callLine({ startedAt, number, outcome, ...call }: CallRecord, screen: Screen): string {
  const { width } = screen;
  const { address = '', collectUs, roundTripUs } = call;
  const begin = `${localTime(startedAt)}  ${padStart(String(number), NUMBER_COLUMNS)}  `;
  if (outcome !== 'ok' && outcome !== 'cancelled') {
    const waited = collectUs === undefined ? '' : `, collected after ${ms(collectUs)} ms`;
    const title = `${failureDefinition(outcome).title}${waited}`;
    return `${wrap(`${styled('bad', outcome)}  ${title}`, begin, ' '.repeat(CLOCK_COLUMNS), width)}\n`;
  }
  const result = outcome === 'ok' ? styled('good', 'ok') : styled('warning', 'canceled');
  const totalUs = collectUs === undefined || roundTripUs === undefined ? undefined : collectUs + roundTripUs;
  const [total, ...stages] = [totalUs, collectUs, roundTripUs].map((us) => (us === undefined ? '-' : ms(us)));
  const totalColumns = RESULT_COLUMNS + TOTAL_COLUMNS - textWidth(result);
  const line = `${begin}${result}${padStart(total ?? '', Math.max(2, totalColumns))}`;
  const cells = styled('dim', ` |${stages.map((cell) => padStart(cell, STAGE_COLUMNS)).join('')}`);
  if (textWidth(line + cells) > width) return `${line}\n`;
  const hasRoom = textWidth(line + cells) + 2 + address.length <= width;
  return `${line}${cells}${hasRoom && address !== '' ? styled('dim', `  ${address}`) : ''}\n`;
}

/** A line about connections: `+` opened, `-` closed, `!` a problem. */
export function messageLine(at: string, line: string, screen: Screen, isVerbose: boolean): string {
  const text = isVerbose ? line : shortenThumbprints(line);
  const marked = text.startsWith('! ') ? `${mark('warning', screen)}${text.slice(1)}` : text;
  return `${wrap(marked, `${localTime(at)}  `, ' '.repeat(CLOCK_COLUMNS + 2), screen.width)}\n`;
}

/** The time of day where this machine is: `15:39:35`. @param iso UTC, ISO 8601. */
function localTime(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}

/** As many subscriptions and endings as fit on a screen of 24 lines; `--verbose` has all. */
const SUBSCRIPTIONS_MAX = 3;
const ENDINGS_MAX = 3;

/** The report as text: calls, times, pollers, rejected pollers, endings, and the verdict. */
export function pollingText(report: PollingReport, screen: Screen, isVerbose: boolean): string {
  const { width } = screen;
  const { subscriptions } = report;
  const shown = isVerbose ? subscriptions : subscriptions.slice(0, SUBSCRIPTIONS_MAX);
  return [
    `\n${countsLine(report, width)}`,
    timesTable(report, width),
    failureLines(report, screen),
    ...shown.map((subscription) => subscriptionText(subscription, width, isVerbose)),
    moreLine(subscriptions.length - shown.length, 'more subscription'),
    rejectedText(report, width),
    endingTable(report, width, isVerbose),
    '\n',
    verdictText(report.verdict, screen, { isVerbose }),
    isVerbose ? '' : `\n  ${styled('dim', 'More: --verbose')}\n`,
  ].join('');
}

function countsLine({ calls, startedAt, endedAt }: PollingReport, width: number): string {
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const cancelled = calls.cancelled === 0 ? '' : `, ${calls.cancelled} canceled`;
  const text = `${count(calls.queued, 'call')}, ${calls.ok} ok, ${calls.failed} failed${cancelled} in ${seconds} s`;
  return `${wrap(text, '', '', width)}\n`;
}

/** With fewer calls than a percentile has parts, it is the maximum under another name. */
const P90_LEAST = 10;
const P99_LEAST = 100;

/** From this width on, a table has the count, the minimum and the mean too. */
const WIDE_TABLE_COLUMNS = 72;

function timesTable({ collect, roundTrip, keepAlive }: PollingReport, width: number): string {
  const stages: [string, DurationFigures | undefined][] = [
    ['collect', collect],
    ['call', roundTrip],
    ['keep-alive', keepAlive],
  ];
  const isWide = width >= WIDE_TABLE_COLUMNS;
  const rows = stages.flatMap(([name, s]) => {
    if (s === undefined) return [];
    const beside = isWide ? [String(s.count), ms(s.minUs), ms(s.meanUs)] : [];
    const p90 = s.count < P90_LEAST ? '-' : ms(s.p90Us);
    const p99 = s.count < P99_LEAST ? '-' : ms(s.p99Us);
    return [[name, ...beside, ms(s.p50Us), p90, p99, ms(s.maxUs)]];
  });
  if (rows.length === 0) return '';
  const head = ['ms', ...(isWide ? ['count', 'min', 'mean'] : []), 'p50', 'p90', 'p99', 'max'];
  return columns(`l${'r'.repeat(head.length - 1)}`, [head.map((name) => styled('dim', name)), ...rows], width);
}

/** Each failure beside the verdict's: how often, and when. */
function failureLines({ failures, verdict }: PollingReport, screen: Screen): string {
  return failures
    .filter(({ id }) => id !== verdict.id)
    .map(({ id, count: times, firstAt, lastAt }) => {
      const span = times === 1 ? localTime(firstAt) : `${localTime(firstAt)} to ${localTime(lastAt)}`;
      const text = `${styled('strong', id)} ${count(times, 'time')}, ${span}: ${failureDefinition(id).title}`;
      return `${wrap(text, `${mark('bad', screen)} `, '  ', screen.width)}\n`;
    })
    .join('');
}

function subscriptionText(
  { subscription, peak, switches, pollers }: SubscriptionReport,
  width: number,
  isVerbose: boolean,
): string {
  const switched = pollers.length > 1 ? `; calls switched between machines ${count(switches, 'time')}` : '';
  const title = `${subscription}: at most ${count(peak, 'connection')} at a time${switched}`;
  const lines = pollers.map(({ address, thumbprint, connections, calls, peer, serverName, tlsVersion }) => {
    const requested = serverName === undefined ? '' : `, requested name ${serverName}`;
    const counts = `${count(connections, 'connection')}, ${count(calls, 'call')}`;
    const certificate = thumbprint === null ? 'no certificate' : isVerbose ? thumbprint : shortThumbprint(thumbprint);
    const details = isVerbose ? `, ${tlsVersion}${requested}` : '';
    return `${wrap(`${address}  ${certificate}  ${peer?.kind ?? 'unknown'}, ${counts}${details}`, '  ', '    ', width)}\n`;
  });
  return `${wrap(title, '', '  ', width)}\n${lines.join('')}`;
}

/** Pollers that were rejected, with the option that accepts each; it is not wrapped. */
function rejectedText({ refused }: PollingReport, width: number): string {
  if (refused.length === 0) return '';
  const lines = refused.map(({ thumbprint, address, count: times }) => {
    const option = thumbprint === null ? 'no certificate' : `--trust ${thumbprint}`;
    return `${wrap(`${option}  from ${address}, ${count(times, 'time')}`, '  ', '    ', width)}\n`;
  });
  return `Rejected pollers, with the option that accepts each\n${lines.join('')}`;
}

function endingTable(report: PollingReport, width: number, isVerbose: boolean): string {
  const all = Object.entries(report.endings);
  const shown = isVerbose ? all : all.slice(0, ENDINGS_MAX);
  if (all.length === 0) return '';
  const lines = shown.map(([id, times]) => {
    const title = endings.find((ending) => ending.id === id)?.title ?? '';
    return `${wrap(`${times} x ${id}: ${title}`, '  ', '    ', width)}\n`;
  });
  return `Endings of connections\n${lines.join('')}${moreLine(all.length - shown.length, 'more ending')}`;
}

function moreLine(hidden: number, noun: string): string {
  return hidden <= 0 ? '' : `  ${styled('dim', `${count(hidden, noun)}: --verbose`)}\n`;
}
