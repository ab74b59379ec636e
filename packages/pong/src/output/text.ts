import { type EndingId, endings } from 'tentacle-protocol/diagnostics';
import type { Listening, Summary } from '../server/summary.js';
import type { DurationBar } from '../server/tally.js';

/** The longest bar, so that a line fits into 80 columns. */
const BAR_MAX = 30;

/** What the start text depends on, apart from what is listened on. */
export interface StartOptions {
  readonly version: string;
  /** One address; undefined: all addresses of this host. */
  readonly bind: string | undefined;
  /** How many clients --trust names; 0: any client is accepted. */
  readonly trusted: number;
  readonly notes: readonly string[];
}

/** What a person reads once it listens. */
export function listeningText(listening: Listening, options: StartOptions): string {
  const { port, thumbprint, pongKey, addresses, pingCommand } = listening;
  const { version, bind, trusted, notes } = options;
  const lines = [
    `tentacle-pong ${version} is listening on port ${port}, ${bind === undefined ? 'all addresses' : `address ${bind}`}`,
    '',
    `  thumbprint  ${thumbprint}`,
    ...addresses.map((address, index) => `  ${index === 0 ? 'addresses ' : '          '}  ${address}`),
    `  accepts     ${trusted === 0 ? 'any client; they may use bandwidth and CPU (restrict: --trust)' : `${count(trusted, 'client')} named with --trust`}`,
    ...notes.map((note) => `  note        ${note}`),
    '',
    'On the other machine, run',
    `  ${pingCommand}`,
    'To also prove that no device in between terminates TLS, add',
    `  --pong-key ${pongKey}`,
    'Press Ctrl+C to stop and print a summary.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** What a person reads at the end: how connections ended, and how long they took. */
export function summaryText(summary: Summary, bars: readonly DurationBar[]): string {
  const { connections, durations } = summary;
  const lines = [
    '',
    connections.total === 0
      ? 'No connections were received. If a client tried to connect, its packets did not reach this port.\nCheck the firewalls on this host and in between.'
      : `${count(connections.total, 'connection')}, at most ${connections.peak} open at a time`,
    ...section('Endings', table(endingRows(summary.endings))),
    ...section('DurationFigures', durations.count === 0 ? [] : [figures(summary), ...table(durationRows(bars))]),
    ...section('Calls', table(Object.entries(summary.calls).map(([name, calls]) => ({ name, count: calls })))),
    ...section(
      'Rejected clients, with the option that accepts each',
      summary.refused.map((client) => {
        return `  --trust ${client.thumbprint}  ${count(client.count, 'time')}, last from ${client.lastAddress}`;
      }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

interface TableRow {
  readonly name: string;
  readonly count: number;
  readonly text?: string;
}

function endingRows(counts: Summary['endings']): TableRow[] {
  return (Object.entries(counts) as [EndingId, number][]).map(([name, ended]) => {
    return { name, count: ended, text: endings.find(({ id }) => id === name)?.title ?? '' };
  });
}

/** A histogram in text: one line for each range of durations. */
function durationRows(bars: readonly DurationBar[]): TableRow[] {
  const largest = Math.max(...bars.map((bar) => bar.count));
  return bars.map((bar) => ({
    name: bar.belowUs === undefined ? 'longer' : `under ${duration(bar.belowUs)}`,
    count: bar.count,
    text: '#'.repeat(Math.ceil((bar.count / largest) * BAR_MAX)),
  }));
}

function figures({ durations }: Summary): string {
  const { minUs, meanUs, p50Us, p90Us, p99Us, maxUs } = durations;
  const named = { min: minUs, mean: meanUs, p50: p50Us, p90: p90Us, p99: p99Us, max: maxUs };
  return `  ${Object.entries(named)
    .map(([name, us]) => `${name} ${duration(us)}`)
    .join(', ')}`;
}

function table(rows: readonly TableRow[]): string[] {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const countWidth = Math.max(...rows.map((row) => String(row.count).length));
  return rows.map((row) =>
    `  ${row.name.padEnd(nameWidth)}  ${String(row.count).padStart(countWidth)}  ${row.text ?? ''}`.trimEnd(),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A duration in its own unit, to three digits: `870 us`, `1.25 ms`, `61.2 s`, `10 min`. */
function duration(us: number): string {
  if (us < 1000) return `${us} us`;
  if (us < 1_000_000) return `${digits(us / 1000)} ms`;
  if (us < 120_000_000) return `${digits(us / 1_000_000)} s`;
  return `${digits(us / 60_000_000)} min`;
}

function digits(number: number): number {
  return Number(number.toPrecision(3));
}
