import {
  count,
  formatDuration,
  mark,
  type MarkKind,
  type Screen,
  styled,
  tableText,
  textWidth,
  wrap,
} from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { IdleMode } from '../options/idle-options.js';
import type { IdleProbe, IdleReport, IdleSideReport } from '../report/idle-report.js';
import type { WaitingConnection } from '../measurements/idle/idle-search.js';
import { endingText } from './remote-view-text.js';

/** The text before the search: what it does, how long it takes, and that it can be stopped. */
export function idlePreview({ fromUs, toUs }: IdleMode, width: number): string {
  const longest = formatDuration(toUs);
  const text = `Leaving connections idle for ${formatDuration(fromUs)} to ${longest}, with TCP keep-alive and without. This takes ${longest}, or twice as long if connections are dropped silently. Press Ctrl+C to stop and report the results up to then.`;
  return `${wrap(text, '', '', width)}\n`;
}

/** A line for the connection that has just ended, if any, and those that still wait. @param nowUs of the monotonic clock. */
export function idleProgress(
  waiting: readonly WaitingConnection[],
  ended: IdleProbe | undefined,
  nowUs: number,
  width: number,
): string {
  const lastUs = Math.max(0, ...waiting.map(({ untilUs }) => untilUs - nowUs));
  const forLong = lastUs === 0 ? '' : `, ${formatDuration(lastUs)} left`;
  const still = waiting.length === 0 ? '' : `${waiting.length} still idle${forLong}`;
  if (ended === undefined) return still === '' ? '' : `${still}\n`;
  // The search dropped it, which is not a result.
  if (ended.outcome === 'cut') return '';
  const { spanUs, keepAliveUs } = ended;
  const keepAlive = keepAliveUs === undefined ? 'without keep-alive' : 'with keep-alive';
  const text = `idle ${formatDuration(spanUs)} ${keepAlive}: ${outcomeText(ended)}${still === '' ? '' : ` (${still})`}`;
  return `${wrap(text, '', '  ', width)}\n`;
}

/** The result of each idle time, with keep-alive and without, and the limits. */
export function idleText({ keepAliveOn, keepAliveOff, probes }: IdleReport, screen: Screen): string {
  const { keepAliveUs } = keepAliveOn;
  const on = `keep-alive every ${formatDuration(keepAliveUs)}`;
  const off = keepAliveOff.peerKeepAliveOff ? 'no keep-alive' : 'no keep-alive from this machine';
  const shown = probes.filter(({ outcome }) => outcome !== 'cut');
  const spans = [...new Set(shown.map(({ spanUs }) => spanUs))].sort((a, b) => a - b);
  const cell = (spanUs: number, hasKeepAlive: boolean): string =>
    shown
      .filter((probe) => probe.spanUs === spanUs && (probe.keepAliveUs !== undefined) === hasKeepAlive)
      .map((probe) => (probe.outcome === 'ok' ? outcomeText(probe) : styled('bad', outcomeText(probe))))
      .join('; ');
  const rows = spans.map((us) => [formatDuration(us), cell(us, true), cell(us, false)]);
  const heads = ['idle for', 'with keep-alive', 'without'];
  const lines = [
    limitLine(`${on}: ${limitText(keepAliveOn)}`, keepAliveOn, screen),
    limitLine(`${off}: ${limitText(keepAliveOff)}`, keepAliveOff, screen),
    ...endingLines(shown).map((line) => `${wrap(line, '  ', '    ', screen.width)}\n`),
  ];
  return `${tableText({ sides: 'rll', heads, rows }, screen.width)}${lines.join('')}`;
}

function limitLine(text: string, side: IdleSideReport, screen: Screen): string {
  const first = `${mark(limitMark(side), screen)} `;
  return `${wrap(text, first, ' '.repeat(textWidth(first)), screen.width)}\n`;
}

function limitMark({ outcome, normal }: IdleSideReport): MarkKind {
  if (outcome === 'unknown') return 'unknown';
  return outcome === 'ok' || normal ? 'good' : 'bad';
}

/** How the connections that ended here ended at the other end, according to its records. */
function endingLines(probes: readonly IdleProbe[]): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, there } of probes) {
    if (outcome === 'ok' || there === undefined) continue;
    const text = `${outcome}: ${endingText(there)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, times]) => `${times} x ${text}`);
}

/** The limit of the connections that differ only in their idle time. */
function limitText(side: IdleSideReport): string {
  const { outcome, longestOkUs, shortestDeadUs, exact, settled, normal, exceptions } = side;
  if (outcome === 'unknown') return 'no result';
  const contradictions =
    exceptions === 0
      ? ''
      : `; ${count(exceptions, 'other connection')} ${exceptions === 1 ? 'contradicts' : 'contradict'} this, so the limit is not always the same`;
  const survived =
    longestOkUs === undefined ? undefined : `connections survived ${formatDuration(longestOkUs)} of idle time`;
  if (shortestDeadUs === undefined) {
    const failure = outcome === 'ok' ? '' : ` (${outcome})`;
    return `${survived ?? 'no connection survived its idle time'}${failure}${contradictions}`;
  }
  const limit = formatDuration(shortestDeadUs);
  const ended = exact
    ? `${survived === undefined ? 'connections' : `${survived} and`} ended after ${limit}`
    : `${survived === undefined ? 'no connection survived' : `${survived}, but not`} ${limit}`;
  const precision = settled || exceptions > 0 ? '' : '; the limit was not narrowed down further';
  return `${ended} (${outcome}${normal ? ', normal' : ''})${precision}${contradictions}`;
}

/** The result of one connection in a word or two, with the time that matters most. */
function outcomeText({ outcome, idleUs, checkUs, spanUs }: IdleProbe): string {
  if (outcome === 'ok') return `ok, ${formatDuration(checkUs ?? 0)}`;
  const title = SHORT_TITLES[outcome] ?? (outcome === 'cut' ? 'stopped' : failureDefinition(outcome).title);
  if (checkUs !== undefined) return `${title}, ${formatDuration(checkUs)}`;
  return idleUs < spanUs ? `${title} after ${formatDuration(idleUs)}` : title;
}

/** Titles for a cell of a table; `explain` has the rest. */
const SHORT_TITLES: Readonly<Record<string, string>> = {
  'idle.closed-by-peer': 'closed',
  'idle.closed': 'closed',
  'idle.reset': 'reset',
  'idle.reset-on-use': 'reset on use',
  'idle.silent': 'no answer',
};
