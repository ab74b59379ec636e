import {
  count,
  type DurationFigures,
  mark,
  type Screen,
  styled,
  textWidth,
  wrap,
  columns,
} from 'tentacle-protocol/cli';
import { type EndingId, endings } from 'tentacle-protocol/diagnostics';
import type { ConnectionKind } from '../server/connection-kind.js';
import type { StartFacts } from '../server/page.js';
import { LIMITS, reachedLimits } from '../server/limits.js';
import type { Listening, Summary } from '../server/summary.js';
import { distributionText, figuresTable, type FiguresRow, percent, spanText } from './figures-text.js';

/** What the text at the start depends on, apart from the port that is listened on. */
export interface StartOptions {
  readonly version: string;
  /** One address; undefined: all addresses of this host. */
  readonly bind: string | undefined;
  /** How many clients --trust names; 0: any client is accepted. */
  readonly trusted: number;
  readonly notes: readonly string[];
}

/** Before the facts of the start text: their names, and the spaces around them. */
const LABEL_CHARS = 14;

/** The text that appears once the port is open. Commands stand on lines of their own, whatever the width. */
export function listeningText(listening: Listening, options: StartOptions, { width }: Screen): string {
  const { port, thumbprint, pongKey, addresses, pingCommand } = listening;
  const { version, bind, trusted, notes } = options;
  const at = bind === undefined ? 'all addresses' : `address ${bind}`;
  const fact = (label: string, text: string): string => {
    const isTooWide = text.split(' ').some((word) => LABEL_CHARS + textWidth(word) > width);
    return isTooWide ? `  ${label.trim()}\n${text}` : wrap(text, `  ${label}  `, ' '.repeat(LABEL_CHARS), width);
  };
  const lines = [
    wrap(styled('strong', `tentacle-pong ${version} is listening on port ${port}, ${at}`), '', '', width),
    '',
    fact('thumbprint', thumbprint),
    ...(bind === undefined && addresses.length > 1 ? [fact('addresses ', addresses.join(', '))] : []),
    fact('accepts   ', acceptsText(trusted)),
    ...notes.map((note) => wrap(note, '  note        ', ' '.repeat(LABEL_CHARS), width)),
    '',
    'On the other machine, run',
    `  ${pingCommand}`,
    wrap('To also prove that no device in between terminates TLS, add', '', '', width),
    `  --pong-key ${pongKey}`,
    wrap(`Press Ctrl+C to stop and print a summary.${againText(port, options)}`, '', '', width),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** Where to read it again: the page shows it to a browser on this host, unless only certain clients are served. */
function againText(port: number, { bind, trusted }: StartOptions): string {
  const isOnLoopback = bind === undefined || bind === '127.0.0.1';
  return isOnLoopback && trusted === 0 ? ` This text: https://127.0.0.1:${port}/` : '';
}

/** The facts of the text at the start, for the page. */
export function describeStart({ thumbprint, addresses, pingCommand, pongKey }: Listening, trusted: number): StartFacts {
  return [
    ['Thumbprint', thumbprint],
    ['Addresses', addresses.join(', ')],
    ['Accepts', acceptsText(trusted)],
    ['On the other machine, run', pingCommand],
    ['Add, to check that TLS is end to end', `--pong-key ${pongKey}`],
  ];
}

/** Which clients are served, and how to change that. */
function acceptsText(trusted: number): string {
  return trusted === 0
    ? 'any client; they may use bandwidth and CPU (restrict: --trust)'
    : `${count(trusted, 'client')} named with --trust`;
}

/** The text at the end: how connections ended, and how long they took. */
export function summaryText(summary: Summary, screen: Screen, isVerbose: boolean): string {
  const { connections, refused } = summary;
  const { width } = screen;
  if (connections.total === 0)
    return `\n${wrap(NO_CONNECTIONS, `${mark('unknown', screen)} `, '  ', width)}\n${missingText(summary, width)}`;
  return [
    `\n${wrap(countsText(summary), '', '', width)}\n`,
    section('', timesText(summary, screen)),
    section('', distributions(summary, screen, isVerbose)),
    section('Endings', endingsText(summary, width)),
    section('Beside the failures of tentacle-ping', errorsText(summary, width)),
    isVerbose ? section('Calls', columns('lr', callRows(summary), width)) : '',
    section('Transfers', transfersText(summary.transfers, width)),
    section('Limits that were reached (raise them)', limitLines(summary)),
    section(
      'Rejected clients (accept them with)',
      refused
        .map(
          (client) => `--trust ${client.thumbprint}  ${count(client.count, 'time')}, last from ${client.lastAddress}\n`,
        )
        .join(''),
    ),
    missingText(summary, width),
    isVerbose
      ? ''
      : `\n${wrap('More: --verbose. To compare with the other end: --json here and there, then tentacle-ping compare.', '', '', width)}\n`,
  ].join('');
}

const NO_CONNECTIONS =
  'No connections were received. If a client tried to connect, its packets did not reach this port. Check the firewalls on this host and in between.';

function countsText({ connections, startedAt, endedAt, errors = [] }: Summary): string {
  const failed = errors.reduce((sum, error) => sum + error.count, 0);
  const share = failed === 0 ? '' : ` (${percent(failed / connections.total).trim()})`;
  return `${count(connections.total, 'connection')} in ${spanText(startedAt, endedAt)}, ${failed} failed${share}, at most ${connections.peak} open at a time`;
}

/** What the connections of a row were for. */
const KIND_NAMES: Readonly<Record<ConnectionKind, string>> = {
  ping: 'total',
  probe: 'probes',
  idle: 'idle',
  transfer: 'transfers',
};

/** Its stages as tentacle-ping has them, then the duration of connections by kind. */
function timesText({ stages = {}, totals = {}, durations }: Summary, screen: Screen): string {
  const kinds = Object.entries(totals) as [ConnectionKind, DurationFigures][];
  const rows: FiguresRow[] = [
    ...Object.entries(stages),
    ...kinds.map(([kind, figures]) => [KIND_NAMES[kind], figures] as const),
    // Of failed connections too: how long they took shows who waited.
    ...(kinds.length === 1 && totals.ping?.count === durations.count ? [] : [['all', durations] as const]),
  ];
  return figuresTable(rows, screen);
}

/** With fewer times, the table shows as much. */
const DISTRIBUTION_MIN_COUNT = 10;

/** Of round trips; where there were none, of all connections. With all details, of every stage. */
function distributions({ stages = {}, totals = {}, durations }: Summary, screen: Screen, isVerbose: boolean): string {
  const all: FiguresRow[] = [
    ...Object.entries(stages),
    ...(totals.ping === undefined ? [] : [['total', totals.ping] as const]),
    ['all', durations],
  ];
  const enough = all.filter(([, figures]) => figures.count >= DISTRIBUTION_MIN_COUNT);
  const shown = isVerbose ? enough : enough.filter(([name]) => name === (stages.rpc === undefined ? 'all' : 'rpc'));
  return shown.map(([name, figures]) => distributionText(name, figures, screen)).join('\n');
}

/** A narrower screen shows ids without their titles. */
const TITLES_MIN_CHARS = 72;

function endingsText({ endings: counts, connections }: Summary, width: number): string {
  const rows = (Object.entries(counts) as [EndingId, number][]).map(([name, ended]) => {
    const { title = '' } = endings.find(({ id }) => id === name) ?? {};
    return [ended.toLocaleString('en-US'), percent(ended / connections.total), name, title];
  });
  if (width >= TITLES_MIN_CHARS) return columns('rrll', rows, width);
  return columns(
    'rl',
    rows.map(([ended = '', , name = '']) => [ended, name]),
    width,
  );
}

/** An ending here, and what the other end usually reports for it. */
function errorsText({ errors = [] }: Summary, width: number): string {
  const rows = errors
    .filter(({ reportedByPing }) => reportedByPing.length > 0)
    .map(({ ending, count: times, reportedByPing }) => [String(times), ending, reportedByPing.join(' or ')]);
  if (width >= TITLES_MIN_CHARS) return columns('rll', rows, width);
  return rows
    .map(([times = '', here = '', there = '']) => `${wrap(`${here}: ${there}`, `${times}  `, '   ', width)}\n`)
    .join('');
}

function callRows({ calls }: Summary): string[][] {
  return Object.entries(calls).map(([name, times]) => [name, String(times)]);
}

/** Nothing unless a transfer reached a limit. */
function transfersText(transfers: Summary['transfers'], width: number): string {
  const { refused = 0, cut = 0 } = transfers ?? {};
  if (refused + cut === 0) return '';
  const text = `${count(refused, 'transfer')} refused and ${cut} cut because of a limit (--transfer-limit)`;
  return `${wrap(text, '', '', width - 2)}\n`;
}

function limitLines({ endings: counts, limits = LIMITS }: Summary): string {
  return reachedLimits(counts, limits)
    .map(({ option, connections }) => `${option}  ${count(connections, 'connection')}\n`)
    .join('');
}

/** What the log and the file of --record do not contain, and what was not seen. */
function missingText({ logLinesDropped = 0, recordsLeftOut = 0, listener }: Summary, width: number): string {
  const { closedWithoutHandleMax = 0 } = listener ?? {};
  const unseen =
    closedWithoutHandleMax === 0
      ? []
      : [
          `No file handle was free at times, so up to ${count(closedWithoutHandleMax, 'connection')} more were closed unseen.`,
        ];
  const lacking = [
    logLinesDropped > 0
      ? `The log lacks ${count(logLinesDropped, 'line')}: it was not read, or its disk was full.`
      : [],
    recordsLeftOut > 0 ? `The file of --record lacks ${count(recordsLeftOut, 'connection')}.` : [],
  ].flat();
  const texts = [...unseen, ...lacking, ...(lacking.length === 0 ? [] : ['The counts above include all connections.'])];
  return texts.length === 0 ? '' : `\n${wrap(texts.join(' '), '', '', width)}\n`;
}

/** Lines below a title; nothing for no lines. */
function section(title: string, text: string): string {
  if (text === '') return '';
  return title === '' ? `\n${text}` : `\n${styled('dim', title)}\n${text}`;
}
