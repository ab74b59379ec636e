import { brokenByListener, brokenGoals, ratioOf } from './goals.js';
import type { HostileResult } from './hostile/run-hostile-listener.js';
import type { AttackResult } from './run-attack.js';

const HEADS = [
  'attack',
  'traffic',
  'connections',
  'peak RSS',
  'longest block',
  'healthy ping',
  'p50, against quiet',
  'log lines/s',
  'accounted for',
  'broken',
];

/** Returns the heads of the table, in Markdown. */
export function tableHead(): string {
  return `${row(HEADS)}\n${row(HEADS.map(() => '---'))}`;
}

/** Returns the line of one attack. */
export function tableRow(result: AttackResult): string {
  const { attack, traffic, peakRssBytes, longestBlockUs, ping, logLinesPerSecond, counts, account } = result;
  return row([
    attack,
    traffic,
    counts.connected.toLocaleString('en'),
    peakRssBytes === undefined ? 'not measured' : `${(peakRssBytes / 1e6).toFixed(0)} MB`,
    `${(longestBlockUs / 1000).toFixed(0)} ms`,
    `${ping.ok} of ${ping.sent} ok`,
    `${(ping.p50Us / 1000).toFixed(1)} ms, ${ratioOf(result).toFixed(2)}`,
    logLinesPerSecond === undefined ? 'not read' : logLinesPerSecond.toFixed(0),
    account?.differences.length === 0 ? 'all' : 'no',
    brokenGoals(result).join('; '),
  ]);
}

/** Returns the heads of the table of hostile listeners. */
export function listenerHead(): string {
  const heads = ['listener', 'sends', 'command', 'time', 'peak RSS', 'reported', 'broken'];
  return `\n${row(heads)}\n${row(heads.map(() => '---'))}`;
}

/** Returns the line of one hostile listener. */
export function listenerRow(result: HostileResult): string {
  const { listener, sends, command, durationMs, peakRssBytes, outcomes } = result;
  const rss = peakRssBytes === undefined ? 'not measured' : `${(peakRssBytes / 1e6).toFixed(0)} MB`;
  const time = `${(durationMs / 1000).toFixed(1)} s`;
  return row([listener, sends, command, time, rss, outcomes.join(', '), brokenByListener(result).join('; ')]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
