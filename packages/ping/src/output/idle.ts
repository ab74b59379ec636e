import { columns, ms, WIDTH, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { IdleMode } from '../options/idle-options.js';
import type { IdleProbe, IdleReport, IdleSideReport } from '../report/idle-report.js';
import type { WaitingConnection } from '../measurements/idle/idle-search.js';
import { endedRemotely } from './remote-view.js';

/** The text before the search: what it does, how long it takes, and that it can be stopped. */
export function idlePreview({ fromUs, toUs }: IdleMode): string {
  const text = `Leaving connections idle for ${spanOf(fromUs)} to ${spanOf(toUs)}, with TCP keep-alive and without. This takes ${spanOf(toUs)}, or twice as long if connections are dropped silently. Press Ctrl+C to stop and report the results up to then.`;
  return `${wrap(text, '', '', WIDTH)}\n`;
}

/** A line for the connection that has just ended, if any, and those that still wait. @param nowUs of the monotonic clock. */
export function idleProgress(
  waiting: readonly WaitingConnection[],
  ended: IdleProbe | undefined,
  nowUs: number,
): string {
  const lastUs = Math.max(0, ...waiting.map(({ untilUs }) => untilUs - nowUs));
  const forLong = lastUs === 0 ? '' : `, the last one for another ${spanOf(lastUs)}`;
  const still = waiting.length === 0 ? '' : `${waiting.length} still idle${forLong}`;
  if (ended === undefined) return still === '' ? '' : `${still}\n`;
  // The search gave it up, which is not a result.
  if (ended.outcome === 'cut') return '';
  const { spanUs, keepAliveUs } = ended;
  const words = [`idle ${spanOf(spanUs)}`, keepAliveUs === undefined ? 'without keep-alive' : 'with keep-alive'];
  return `${words.join(' ')}: ${outcomeText(ended)}${still === '' ? '' : ` (${still})`}\n`;
}

/** The result of each idle time, with keep-alive and without, and the limits. */
export function idleText({ keepAliveOn, keepAliveOff, probes }: IdleReport): string {
  const { keepAliveUs } = keepAliveOn;
  const heads = [
    `keep-alive every ${spanOf(keepAliveUs)}`,
    keepAliveOff.peerKeepAliveOff ? 'no keep-alive' : 'no keep-alive from here',
  ];
  const shown = probes.filter(({ outcome }) => outcome !== 'cut');
  const spans = [...new Set(shown.map(({ spanUs }) => spanUs))].sort((a, b) => a - b);
  const cell = (spanUs: number, on: boolean): string =>
    shown
      .filter((probe) => probe.spanUs === spanUs && (probe.keepAliveUs !== undefined) === on)
      .map(outcomeText)
      .join('; ');
  const rows = spans.map((us) => [spanOf(us), cell(us, true), cell(us, false)]);
  const table = rows.length === 0 ? '' : columns('rll', [['idle for', ...heads], ...rows]);
  return `${table}${side(heads[0] ?? '', keepAliveOn)}${side(heads[1] ?? '', keepAliveOff)}${endingsText(shown)}`;
}

/** How the connections that ended here ended at the other end, according to its records. */
function endingsText(probes: readonly IdleProbe[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, there } of probes) {
    if (outcome === 'ok' || there === undefined) continue;
    const text = `${outcome}: ${endedRemotely(there)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${wrap(`${count} x ${text}`, '', '  ', WIDTH)}\n`).join('');
}

function side(name: string, arm: IdleSideReport): string {
  return `${wrap(`${name}: ${sumOf(arm)}`, '', '  ', WIDTH)}\n`;
}

function sumOf({ outcome, longestOkUs, shortestDeadUs, exact, settled, normal, exceptions }: IdleSideReport): string {
  const ok =
    longestOkUs === undefined
      ? 'connections survived no idle time'
      : `connections survived ${spanOf(longestOkUs)} of idle time`;
  if (outcome === 'unknown') return 'no result';
  const but =
    exceptions === 0
      ? ''
      : `; ${exceptions} other ${exceptions === 1 ? 'connection contradicts' : 'connections contradict'} this, so the limit is not always the same`;
  if (shortestDeadUs === undefined) return `${ok}${outcome === 'ok' ? '' : ` (${outcome})`}${but}`;
  const dead = exact ? `were closed after ${spanOf(shortestDeadUs)}` : `not ${spanOf(shortestDeadUs)}`;
  const near = settled || exceptions > 0 ? '' : '; the limit was not narrowed down further';
  return `${ok}, ${dead} (${outcome}${normal ? ', normal' : ''})${near}${but}`;
}

/** The result of one connection in a word or two, with the time that matters most. */
function outcomeText({ outcome, idleUs, checkUs, spanUs }: IdleProbe): string {
  if (outcome === 'ok') return `ok, ${ms(checkUs ?? 0)} ms`;
  const what = SHORT[outcome] ?? (outcome === 'cut' ? 'given up' : failureDefinition(outcome).title);
  if (checkUs !== undefined) return `${what}, ${ms(checkUs)} ms`;
  return idleUs < spanUs ? `${what} after ${spanOf(idleUs)}` : what;
}

/** For a cell of a table; `explain` says more. */
const SHORT: Readonly<Record<string, string>> = {
  'idle.closed-by-peer': 'closed',
  'idle.closed': 'closed',
  'idle.reset': 'reset',
  'idle.reset-on-use': 'reset on use',
  'idle.silent': 'no answer',
};

/** `350 ms`, `45 s`, `60.2 s`, `7.5 min`: no finer than it is known. */
export function spanOf(us: number): string {
  const seconds = us / 1_000_000;
  if (seconds < 1) return `${Math.round(us / 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  return `${Math.round((seconds / 60) * 10) / 10} min`;
}
