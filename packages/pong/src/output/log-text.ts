import {
  count,
  formatSize,
  mark,
  type MarkKind,
  padEnd,
  padStart,
  type Screen,
  styled,
  textWidth,
  wrap,
} from 'tentacle-protocol/cli';
import { describeOutcome, durationColumn, type ShownRecord } from './connection-outcome.js';

/** A line of the log, as pino writes it. */
export interface LogLine extends Partial<Omit<ShownRecord, 'ending'>> {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly ending?: ShownRecord['ending'];
  readonly address?: string;
  readonly port?: number;
  readonly connectionId?: string;
  readonly tlsVersion?: string;
  readonly cipher?: string;
  readonly serverName?: string;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  readonly closedBy?: string;
  /** In a line that sums up: how many connections ended so, and in which time. */
  readonly count?: number;
  readonly seconds?: number;
  /** With --poll: the number of the connection, and the address of the server. */
  readonly connection?: number;
  /** It was accepted, after this time. */
  readonly tookUs?: number;
  /** It ended: the failure, how often that has occurred, how long it had polled, and when the next one starts. */
  readonly outcome?: string;
  readonly times?: number;
  readonly wasTaken?: boolean;
  readonly polledUs?: number;
  readonly waitUs?: number;
}

/** The widest address of IPv4, the longest word of an outcome, and the longest duration. */
const ADDRESS_CHARS = 15;
const WORD_CHARS = 9;
const DURATION_CHARS = 6;

/** As wide as the time and the space behind it; details of a line are printed below it, behind this. */
const INDENT = ' '.repeat(10);

/** A line of the log for people: one line a connection, with details below it where they are wanted. */
export function logText(line: LogLine, screen: Screen, isVerbose: boolean): string {
  const { ending } = line;
  if (line.tookUs !== undefined || line.outcome !== undefined) return pollText(line, screen, isVerbose);
  if (ending === undefined) return messageText(line, screen);
  const text = connectionText({ calls: {}, durationUs: 0, ...line, ending }, screen);
  return isVerbose && line.connectionId !== undefined ? text + detailsText({ ...line, ending }, screen) : text;
}

function connectionText(line: LogLine & ShownRecord, { width }: Screen): string {
  const { address = 'others', count: folded, seconds = 0 } = line;
  const { word, style, detail } = describeOutcome(line);
  const duration = folded === undefined ? durationColumn(line.durationUs) : '';
  const first = [
    styled('dim', localTime(line.time)),
    padEnd(address, ADDRESS_CHARS),
    `${padEnd(styled(style, word), WORD_CHARS)} ${padStart(duration, DURATION_CHARS)}`,
  ].join('  ');
  const text = folded === undefined ? detail : `${folded.toLocaleString('en-US')} more in ${seconds} s`;
  return rows(first, text, width);
}

/** A connection to a server that is polled: it was accepted, or it ended. The first failure of a kind is explained. */
function pollText(line: LogLine, { width }: Screen, isVerbose: boolean): string {
  const {
    address = '-',
    connection = 1,
    tookUs,
    outcome,
    msg = '',
    wasTaken = false,
    polledUs,
    times,
    waitUs = 0,
  } = line;
  const [word, durationUs] = tookUs !== undefined ? ['accepted', tookUs] : [wasTaken ? 'lost' : 'failed', polledUs];
  const duration = durationUs === undefined || durationUs === 0 ? '' : durationColumn(durationUs);
  const first = [
    styled('dim', localTime(line.time)),
    padEnd(address, ADDRESS_CHARS),
    `${padEnd(styled(tookUs === undefined ? 'bad' : 'good', word), WORD_CHARS)} ${padStart(duration, DURATION_CHARS)}`,
  ].join('  ');
  const next = outcome === undefined ? '' : ` ${outcome}, retry in ${durationColumn(waitUs)}`;
  const isExplained = outcome !== undefined && (times === 1 || isVerbose);
  return `${rows(first, `#${connection}${next}`, width)}${isExplained ? below(msg, width) : ''}`;
}

/** The columns, and the text behind them; on a narrow screen, below them. */
function rows(first: string, text: string, width: number): string {
  const [word = ''] = text.split(' ', 1);
  if (textWidth(first) > width) return `${wrap(squeezed(first), '', INDENT, width)}\n${below(text, width)}`;
  if (textWidth(first) + 2 + textWidth(word) > width) return `${first.trimEnd()}\n${below(text, width)}`;
  return `${wrap(text, `${first}  `, INDENT, width).trimEnd()}\n`;
}

/** The columns with one space between them, for a narrow terminal or a long address. */
function squeezed(first: string): string {
  return first.replaceAll(/ +/g, ' ').trim();
}

function below(text: string, width: number): string {
  return text === '' ? '' : `${wrap(text, INDENT, INDENT, width)}\n`;
}

/** What the ending means, where it needs attention, and what is known of the connection. */
function detailsText(line: LogLine & Pick<ShownRecord, 'ending'>, { width }: Screen): string {
  const {
    level,
    msg = '',
    ending,
    port,
    tlsVersion,
    cipher,
    serverName,
    clientThumbprint,
    bytesIn = 0,
    bytesOut = 0,
  } = line;
  const calls = Object.entries(line.calls ?? {}).map(([name, times]) => `${times} x ${name}`);
  const facts = [
    ending,
    `port ${port ?? 0}`,
    ...(tlsVersion === undefined ? [] : [`${tlsVersion} ${cipher ?? ''}`.trim()]),
    ...(serverName === undefined ? [] : [`SNI ${serverName}`]),
    ...(clientThumbprint === undefined ? [] : [`thumbprint ${clientThumbprint ?? 'none'}`]),
    `${formatSize(bytesIn)} in`,
    `${formatSize(bytesOut)} out`,
    `closed: ${line.closedBy ?? 'no'}`,
    ...calls,
    ...(line.code === undefined ? [] : [line.code]),
    line.connectionId ?? '',
  ];
  const texts = [...(level === 'info' ? [] : [msg]), facts.join(', ')];
  return texts.map((text) => `${styled('dim', wrap(text, INDENT, INDENT, width))}\n`).join('');
}

const MARKS: Readonly<Record<string, MarkKind>> = { info: 'none', warn: 'warning', error: 'bad', fatal: 'bad' };

/** A line about something else than the end of a connection. */
function messageText({ level, time, msg = '' }: LogLine, screen: Screen): string {
  const first = `${styled('dim', localTime(time))}  ${mark(MARKS[level] ?? 'none', screen)} `;
  return `${wrap(msg, first, `${INDENT}  `, screen.width)}\n`;
}

/** The line in the place of those that are missing. */
export function droppedText(lines: number, screen: Screen): string {
  const msg = `${count(lines, 'line')} of the log ${lines === 1 ? 'is' : 'are'} missing here, because this output was not read. The summary counts all.`;
  return messageText({ level: 'warn', time: new Date().toISOString(), msg }, screen);
}

/** The local time of a moment, to the second. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
