import { columns, ms, rowOf, WIDTH, wrap } from 'tentacle-protocol';
import type { IdleMode } from '../idle/idle-options.js';
import type { IdleProbe, IdleReport, IdleSideReport } from '../report/idle-report.js';
import type { WaitingConnection } from '../measurements/idle/idle-search.js';
import { endedThere } from './other-end.js';

/** Before it begins: how long it will take, and that it may be stopped. */
export function idlePreview({ fromUs, toUs }: IdleMode): string {
  const text = `Connections that carry nothing for ${spanOf(fromUs)} to ${spanOf(toUs)}, with TCP keep-alive and without. That takes ${spanOf(toUs)}, or as long again where they turn out to be forgotten in silence. Ctrl+C reports what is known by then.`;
  return `${wrap(text, '', '', WIDTH)}\n`;
}

/** One connection that has come to an end, or none; and what still waits. @param nowUs of the monotonic clock. */
export function idleProgress(
  waiting: readonly WaitingConnection[],
  ended: IdleProbe | undefined,
  nowUs: number,
): string {
  const lastUs = Math.max(0, ...waiting.map(({ untilUs }) => untilUs - nowUs));
  const forLong = lastUs === 0 ? '' : `, the last for another ${spanOf(lastUs)}`;
  const still = waiting.length === 0 ? '' : `${waiting.length} still idle${forLong}`;
  if (ended === undefined) return still === '' ? '' : `${still}\n`;
  // We gave it up, which is no news.
  if (ended.outcome === 'cut') return '';
  const { spanUs, keepAliveUs } = ended;
  const words = [`idle ${spanOf(spanUs)}`, keepAliveUs === undefined ? 'without keep-alive' : 'with keep-alive'];
  return `${words.join(' ')}: ${cameTo(ended)}${still === '' ? '' : ` (${still})`}\n`;
}

/** What each idle time came to, with keep-alive and without, and where survival ends. */
export function idleText({ keepAliveOn, keepAliveOff, probes }: IdleReport): string {
  const { keepAliveUs } = keepAliveOn;
  const heads = [`keep-alive each ${spanOf(keepAliveUs)}`, keepAliveOff.peerQuiet ? 'no keep-alive' : 'none of ours'];
  const told = probes.filter(({ outcome }) => outcome !== 'cut');
  const spans = [...new Set(told.map(({ spanUs }) => spanUs))].sort((a, b) => a - b);
  const cell = (spanUs: number, on: boolean): string =>
    told
      .filter((probe) => probe.spanUs === spanUs && (probe.keepAliveUs !== undefined) === on)
      .map(cameTo)
      .join('; ');
  const rows = spans.map((us) => [spanOf(us), cell(us, true), cell(us, false)]);
  const table = rows.length === 0 ? '' : columns('rll', [['idle for', ...heads], ...rows]);
  return `${table}${side(heads[0] ?? '', keepAliveOn)}${side(heads[1] ?? '', keepAliveOff)}${deathsText(told)}`;
}

/** How those that died ended at the other end, as it says. */
function deathsText(probes: readonly IdleProbe[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, there } of probes) {
    if (outcome === 'ok' || there === undefined) continue;
    const text = `${outcome}: ${endedThere(there)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${wrap(`${count} of ${text}`, '', '  ', WIDTH)}\n`).join('');
}

function side(name: string, arm: IdleSideReport): string {
  return `${wrap(`${name}: ${sumOf(arm)}`, '', '  ', WIDTH)}\n`;
}

function sumOf({ outcome, longestOkUs, shortestDeadUs, exact, settled, normal, exceptions }: IdleSideReport): string {
  const ok = longestOkUs === undefined ? 'no idle time was survived' : `idle for ${spanOf(longestOkUs)} was survived`;
  if (outcome === 'unknown') return 'nothing is known';
  const but = exceptions === 0 ? '' : `; ${exceptions} others contradict that, so it is not always the same`;
  if (shortestDeadUs === undefined) return `${ok}${outcome === 'ok' ? '' : ` (${outcome})`}${but}`;
  const dead = exact ? `the end came after ${spanOf(shortestDeadUs)}` : `${spanOf(shortestDeadUs)} was not`;
  const near = settled || exceptions > 0 ? '' : '; it was not looked at more closely';
  return `${ok}, ${dead} (${outcome}${normal ? ', normal' : ''})${near}${but}`;
}

/** In a word or two, with the time that says most. */
function cameTo({ outcome, idleUs, checkUs, spanUs }: IdleProbe): string {
  if (outcome === 'ok') return `ok, ${ms(checkUs ?? 0)} ms`;
  const what = SHORT[outcome] ?? (outcome === 'cut' ? 'given up' : rowOf(outcome).title);
  if (checkUs !== undefined) return `${what}, ${ms(checkUs)} ms`;
  return idleUs < spanUs ? `${what} after ${spanOf(idleUs)}` : what;
}

/** For a cell of a table; the rows of the catalogue say more. */
const SHORT: Readonly<Record<string, string>> = {
  'idle.closed-by-peer': 'closed',
  'idle.closed': 'closed',
  'idle.reset': 'reset',
  'idle.reset-on-use': 'reset on use',
  'idle.silent': 'no answer',
};

/** `350 ms`, `45 s`, `60.2 s`, `7.5 min`: as people say it, and no finer than it is known. */
export function spanOf(us: number): string {
  const seconds = us / 1_000_000;
  if (seconds < 1) return `${Math.round(us / 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  return `${Math.round((seconds / 60) * 10) / 10} min`;
}
