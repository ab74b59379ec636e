import { literalAddress, type Stage } from 'tentacle-protocol';
import {
  formatRate,
  formatSize,
  msAligned,
  padEnd,
  padStart,
  type Screen,
  styled,
  textWidth,
  wrap,
} from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import { bytesPerSecond } from '../measurements/transfer/transfer-tally.js';
import type { RunOptions } from '../options/run-options.js';
import type { AttemptRecord } from '../report/attempt-record.js';

/** Attempts, a line each: number, result, total and stages in milliseconds, in columns that a run keeps. */
export interface AttemptLines {
  /** The names of the columns. */
  readonly head: string;
  readonly line: (record: AttemptRecord) => string;
}

/** A column of a stage. `identity` has a shorter name there, so that all columns are equal. */
const STAGE_NAMES: Readonly<Partial<Record<Stage | 'other', string>>> = { identity: 'ident' };

/** Columns of each part, with the spaces before it. A time has up to seven digits, which is that of a day. */
const NUMBER_COLUMNS = 5;
const RESULT_COLUMNS = 8;
const TOTAL_COLUMNS = 8;
const STAGE_COLUMNS = 7;
const CLOCK_COLUMNS = 14;

/** From these widths on, a line also has the time of day, or the addresses. */
const WIDTH_WITH_CLOCK = 100;
const WIDTH_WITH_ADDRESS = 120;

/** A title with fewer columns is not begun. */
const TITLE_MIN_COLUMNS = 16;

type ColumnOptions = Pick<RunOptions, 'host' | 'address' | 'proxyChoice' | 'level' | 'mode'>;

/**
 * The lines of the attempts of a run on a screen. Below 80 columns they end with the total. On a terminal that was resized,
 * the next line is preceded by the names of the columns that fit now.
 */
export function attemptLines(options: ColumnOptions, screen: Pick<Screen, 'width'>): AttemptLines {
  let layout = layoutOf(options, screen.width);
  return {
    head: headLine(layout),
    line: (record) => {
      if (screen.width === layout.width) return recordLine(record, layout);
      const before = headLine(layout);
      layout = layoutOf(options, screen.width);
      const head = headLine(layout);
      const line = recordLine(record, layout);
      return head === before ? line : `${head}${line}`;
    },
  };
}

function layoutOf(options: ColumnOptions, width: number): Layout {
  const all = stageColumns(options);
  const whole = NUMBER_COLUMNS + RESULT_COLUMNS + TOTAL_COLUMNS + ' |'.length + all.length * STAGE_COLUMNS;
  return {
    width,
    stages: whole <= width ? all : [],
    hasClock: width >= WIDTH_WITH_CLOCK && whole + CLOCK_COLUMNS <= width,
    hasAddress: width >= WIDTH_WITH_ADDRESS,
  };
}

interface Layout {
  readonly width: number;
  readonly stages: readonly (Stage | 'other')[];
  readonly hasClock: boolean;
  readonly hasAddress: boolean;
}

/** The stages that attempts with these options can have. */
function stageColumns({ host, address, proxyChoice, level, mode }: ColumnOptions): (Stage | 'other')[] {
  const proxy = proxyChoice?.proxy;
  const isResolved = proxy === undefined ? address !== undefined : false;
  const hasName = !isResolved && literalAddress(proxy?.host ?? host) === undefined;
  return [
    ...(hasName ? (['dns'] as const) : []),
    'tcp',
    ...(proxy === undefined ? [] : (['proxy'] as const)),
    'tls',
    ...(level === 'tls' ? [] : (['identity'] as const)),
    ...(level === 'tls' || level === 'identity' ? [] : (['rpc'] as const)),
    ...(mode.kind === 'transfer' ? (['data'] as const) : []),
    'other',
  ];
}

function headLine({ stages, hasClock }: Layout): string {
  const clock = hasClock ? padEnd('UTC', CLOCK_COLUMNS) : '';
  const names = stages.map((stage) => padStart(STAGE_NAMES[stage] ?? stage, STAGE_COLUMNS)).join('');
  const head = `${clock}${padStart('#', NUMBER_COLUMNS - 1)}  ${padEnd('result', RESULT_COLUMNS - 2)}${padStart('total', TOTAL_COLUMNS)}`;
  return `${styled('dim', names === '' ? `${head} ms` : `${head} |${names}  ms`)}\n`;
}

function recordLine(record: AttemptRecord, layout: Layout): string {
  const { startedAt, number, outcome, totalUs, failure } = record;
  const clock = layout.hasClock ? padEnd(startedAt.slice(11, 23), CLOCK_COLUMNS) : '';
  const begin = `${clock}${String(number).padStart(NUMBER_COLUMNS - 1)}  `;
  if (failure !== undefined) return `${begin}${failureText(record, failure, layout.width - textWidth(begin))}\n`;
  const result = padEnd(outcome === 'cancelled' ? 'canceled' : outcome, RESULT_COLUMNS - 2);
  const room = RESULT_COLUMNS - 2 + TOTAL_COLUMNS - textWidth(result);
  const ms = msAligned(totalUs);
  // A space keeps a long time apart from a long result. Without its fraction, that of minutes fits.
  const total = padStart(` ${ms.length < room ? ms : Math.round(totalUs / 1000)}`, room);
  const line = `${begin}${styled(outcome === 'ok' ? 'good' : 'warning', result)}${total}${stageCells(record, layout)}`;
  return `${line}${addressText(record, layout, textWidth(line))}\n${transferLines(record, layout.width)}`;
}

/** The times of the stages; `-` for those that the attempt did not need, as on a reused connection. */
function stageCells({ stages: times, totalUs }: AttemptRecord, { stages }: Layout): string {
  if (stages.length === 0) return '';
  let inStagesUs = 0;
  for (const { stage, durationUs } of times) if (stage !== 'trust') inStagesUs += durationUs;
  const cells = stages.map((stage) => {
    const us =
      stage === 'other' ? Math.max(0, totalUs - inStagesUs) : times.find((time) => time.stage === stage)?.durationUs;
    return padStart(us === undefined ? '-' : msAligned(us), STAGE_COLUMNS);
  });
  return styled('dim', ` |${cells.join('')}`);
}

/** `tls.reset  at tls, 12.0 ms: Connection reset`, as much of the title as fits. */
function failureText(
  record: AttemptRecord,
  { id, shownAt, evidence: { elapsedUs, answeredBy } }: NonNullable<AttemptRecord['failure']>,
  width: number,
): string {
  const at = `at ${shownAt}, ${msAligned(elapsedUs)} ms`;
  const result = padEnd(id, RESULT_COLUMNS - 2);
  const used = textWidth(result) + 2 + textWidth(at);
  if (used > width) {
    const time = `  ${msAligned(elapsedUs)} ms`;
    return `${styled('bad', result)}${textWidth(result) + time.length <= width ? time : ''}`;
  }
  const peer = answeredBy === undefined ? '' : ` (${answeredBy})`;
  const address = record.address === undefined ? '' : ` [${record.address}]`;
  const title = failureDefinition(id).title;
  const fitting = [`${title}${peer}${address}`, `${title}${peer}`, title].find(
    (text) => used + 2 + textWidth(text) <= width,
  );
  const rest = fitting ?? cutAtWord(title, width - used - 2);
  return `${styled('bad', result)}  ${at}${rest === '' ? '' : `: ${rest}`}`;
}

/** The first words that fit, with `...`; nothing where that would be too few to read. */
function cutAtWord(text: string, width: number): string {
  if (width < TITLE_MIN_COLUMNS) return '';
  const end = text.lastIndexOf(' ', width - '...'.length);
  return end <= 0 ? '' : `${text.slice(0, end)}...`;
}

function addressText(
  { address, localPort, reused }: AttemptRecord,
  { hasAddress, width }: Layout,
  used: number,
): string {
  if (!hasAddress || address === undefined) return '';
  const local = localPort === undefined ? '' : ` from :${localPort}`;
  const text = `  ${address}${local}${reused ? ' (reused)' : ''}`;
  return used + textWidth(text) <= width ? styled('dim', text) : '';
}

/** The data streams of an attempt, each on a line below it. */
function transferLines({ transfers = [] }: AttemptRecord, width: number): string {
  const indent = ' '.repeat(NUMBER_COLUMNS + 1);
  return transfers
    .map(({ direction, movedBytes, durationUs }) => {
      const rate = formatRate(bytesPerSecond(movedBytes, durationUs));
      return `${wrap(`${direction} ${formatSize(movedBytes)} at ${rate}`, indent, `${indent}  `, width)}\n`;
    })
    .join('');
}
