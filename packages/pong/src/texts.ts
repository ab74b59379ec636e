import { type EndingId, endings } from 'tentacle-protocol';
import type { Listening, Summary } from './summary.js';
import type { DurationBar } from './tally.js';

/** The longest bar, so that a line fits into 80 columns. */
const BAR_MAX = 30;

/** What a person reads once it listens. */
export function listeningText(
  listening: Listening,
  about: { version: string; trusts: number; notes: readonly string[] },
): string {
  const { port, thumbprint, pongKey, addresses, pingCommand } = listening;
  const lines = [
    `tentacle-pong ${about.version} listens on port ${port}. Ctrl+C ends it and prints what came.`,
    '',
    `  thumbprint  ${thumbprint}`,
    ...addresses.map((address, index) => `  ${index === 0 ? 'addresses ' : '          '}  ${address}`),
    `  answers     ${about.trusts === 0 ? 'everybody' : `${count(about.trusts, 'client')} that --trust names`}`,
    ...about.notes.map((note) => `  note        ${note}`),
    '',
    'On the other machine run:',
    `  ${pingCommand}`,
    'and to prove that nothing on the way ends TLS, add:',
    `  --pong-key ${pongKey}`,
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
      ? 'Nobody came. If somebody tried, what he sent did not reach this port: look for a firewall on this host and on the way.'
      : `${count(connections.total, 'connection')}, at most ${connections.peak} at a time.`,
    ...section('How they ended', table(endingRows(summary.endings))),
    ...section('How long they took', durations.count === 0 ? [] : [figures(summary), ...table(durationRows(bars))]),
    ...section('Calls', table(Object.entries(summary.calls).map(([name, calls]) => ({ name, count: calls })))),
    ...section(
      'Refused, with the option that lets them in',
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

/** A histogram in text: a line for each span of durations. */
function durationRows(bars: readonly DurationBar[]): TableRow[] {
  const most = Math.max(...bars.map((bar) => bar.count));
  return bars.map((bar) => ({
    name: bar.belowUs === undefined ? 'longer' : `under ${span(bar.belowUs)}`,
    count: bar.count,
    text: '#'.repeat(Math.ceil((bar.count / most) * BAR_MAX)),
  }));
}

function figures({ durations }: Summary): string {
  const { minUs, meanUs, p50Us, p90Us, p99Us, maxUs } = durations;
  const named = { min: minUs, mean: meanUs, p50: p50Us, p90: p90Us, p99: p99Us, max: maxUs };
  return `  ${Object.entries(named)
    .map(([name, us]) => `${name} ${span(us)}`)
    .join(', ')}`;
}

function table(rows: readonly TableRow[]): string[] {
  const names = Math.max(...rows.map(({ name }) => name.length));
  const counts = Math.max(...rows.map((row) => String(row.count).length));
  return rows.map((row) =>
    `  ${row.name.padEnd(names)}  ${String(row.count).padStart(counts)}  ${row.text ?? ''}`.trimEnd(),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** A span in its own unit, to three digits: `870 us`, `1.25 ms`, `61.2 s`, `10 min`. */
function span(us: number): string {
  if (us < 1000) return `${us} us`;
  if (us < 1_000_000) return `${digits(us / 1000)} ms`;
  if (us < 120_000_000) return `${digits(us / 1_000_000)} s`;
  return `${digits(us / 60_000_000)} min`;
}

function digits(number: number): number {
  return Number(number.toPrecision(3));
}
