import { columns, count, formatDuration, wrap } from 'tentacle-protocol/cli';
import { type EndingId, endings } from 'tentacle-protocol/diagnostics';
import { LIMITS, reachedLimits } from '../server/limits.js';
import type { Listening, Summary } from '../server/summary.js';
import type { DurationBar } from '../server/tally.js';

/** The longest bar, and what a line needs besides: the range before it and its count. */
const BAR_MAX_CHARS = 30;
const BESIDE_BAR_CHARS = 30;

/** What the text at the start depends on, apart from the port that is listened on. */
export interface StartOptions {
  readonly version: string;
  /** One address; undefined: all addresses of this host. */
  readonly bind: string | undefined;
  /** How many clients --trust names; 0: any client is accepted. */
  readonly trusted: number;
  readonly notes: readonly string[];
}

/** The text that appears once the port is open. */
export function listeningText(listening: Listening, options: StartOptions): string {
  const { port, thumbprint, pongKey, addresses, pingCommand } = listening;
  const { version, bind, trusted, notes } = options;
  const lines = [
    `tentacle-pong ${version} is listening on port ${port}, ${bind === undefined ? 'all addresses' : `address ${bind}`}`,
    '',
    `  thumbprint  ${thumbprint}`,
    ...addresses.map((address, index) => `  ${index === 0 ? 'addresses ' : '          '}  ${address}`),
    `  accepts     ${trusted === 0 ? 'any client; any client may use bandwidth and CPU of this host' : `${count(trusted, 'client')} named with --trust`}`,
    ...notes.map((note) => `  note        ${note}`),
    '',
    ...(trusted === 0 ? trustHint(port, bind) : []),
    'On the other machine, run',
    `  ${pingCommand}`,
    'To also prove that no device in between terminates TLS, add',
    `  --pong-key ${pongKey}`,
    'Press Ctrl+C to stop and print a summary.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** How to serve one client only. Without its address, the same port would be open on all of them. */
function trustHint(port: number, bind: string | undefined): string[] {
  return [
    'To serve only your client, start again with its thumbprint (tentacle-ping prints it):',
    `  tentacle-pong --port ${port} --trust THUMBPRINT${bind === undefined ? '' : ` --bind ${bind}`}`,
  ];
}

/** The text at the end: how connections ended, and how long they took. */
export function summaryText(summary: Summary, bars: readonly DurationBar[], width: number): string {
  const { connections, durations } = summary;
  const lines = [
    '',
    connections.total === 0
      ? wrap(NO_CONNECTIONS, '', '', width)
      : `${count(connections.total, 'connection')}, at most ${connections.peak} open at a time`,
    ...section('Endings', table('lrl', endingRows(summary.endings), width)),
    ...section(
      'Durations',
      durations.count === 0 ? [] : [figures(summary, width), ...table('lrl', durationRows(bars, width), width)],
    ),
    ...section(
      'Calls',
      table(
        'lr',
        Object.entries(summary.calls).map(([name, calls]) => [name, String(calls)]),
        width,
      ),
    ),
    ...section('Transfers', transferLines(summary.transfers)),
    ...section(
      'Limits that were reached, as the options that raise them',
      reachedLimits(summary.endings, summary.limits ?? LIMITS).map(({ option, connections }) => {
        return `  ${option}  ${count(connections, 'connection')}`;
      }),
    ),
    ...section(
      'Rejected clients, with the option that accepts each',
      summary.refused.map((client) => {
        return `  --trust ${client.thumbprint}  ${count(client.count, 'time')}, last from ${client.lastAddress}`;
      }),
    ),
    ...missingLines(summary, width),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the log and the file of --record do not contain. */
function missingLines({ logLinesDropped = 0, recordsLeftOut = 0, listener }: Summary, width: number): string[] {
  const { closedWithoutHandleMax = 0 } = listener ?? {};
  const unseen =
    closedWithoutHandleMax > 0
      ? [
          '',
          wrap(
            `No file handle was free at times, so up to ${count(closedWithoutHandleMax, 'connection')} more were closed unseen.`,
            '',
            '',
            width,
          ),
        ]
      : [];
  const texts = [
    logLinesDropped > 0
      ? `The log lacks ${count(logLinesDropped, 'line')}: it was not read, or its disk was full.`
      : [],
    recordsLeftOut > 0 ? `The file of --record lacks ${count(recordsLeftOut, 'connection')}.` : [],
  ].flat();
  if (texts.length === 0) return unseen;
  return [...unseen, '', wrap(`${texts.join(' ')} The counts above include all connections.`, '', '', width)];
}

/** Nothing unless a transfer reached a limit. */
function transferLines(transfers: Summary['transfers']): string[] {
  const { refused = 0, cut = 0 } = transfers ?? {};
  if (refused + cut === 0) return [];
  return [`  ${count(refused, 'transfer')} refused and ${cut} cut because of a limit (--transfer-limit)`];
}

const NO_CONNECTIONS =
  'No connections were received. If a client tried to connect, its packets did not reach this port. Check the firewalls on this host and in between.';

function endingRows(counts: Summary['endings']): string[][] {
  return (Object.entries(counts) as [EndingId, number][]).map(([name, ended]) => {
    return [name, String(ended), endings.find(({ id }) => id === name)?.title ?? ''];
  });
}

/** A histogram in text: one line for each range of durations. */
function durationRows(bars: readonly DurationBar[], width: number): string[][] {
  const largest = Math.max(...bars.map((bar) => bar.count));
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, width - BESIDE_BAR_CHARS));
  return bars.map((bar) => [
    bar.belowUs === undefined ? 'longer' : `under ${boundText(bar.belowUs)}`,
    String(bar.count),
    '#'.repeat(Math.ceil((bar.count / largest) * barMax)),
  ]);
}

function figures({ durations }: Summary, width: number): string {
  const { minUs, meanUs, p50Us, p90Us, p99Us, maxUs } = durations;
  const named = { min: minUs, mean: meanUs, p50: p50Us, p90: p90Us, p99: p99Us, max: maxUs };
  const text = Object.entries(named)
    .map(([name, us]) => `${name} ${formatDuration(us)}`)
    .join(', ');
  return wrap(text, '  ', '  ', width);
}

/** Rows in columns, indented. */
function table(sides: string, rows: readonly (readonly string[])[], width: number): string[] {
  const lines = columns(sides, rows, width - 2).split('\n');
  return lines.slice(0, -1).map((line) => `  ${line}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

/** The bound of a range, a round number: `1 ms`, `20 s`, `10 min`. */
function boundText(us: number): string {
  if (us < 1_000_000) return `${us / 1000} ms`;
  return us < 120_000_000 ? `${us / 1_000_000} s` : `${us / 60_000_000} min`;
}
