import { formatDuration, formatRate, formatSize, ms, type Screen, styled, textWidth } from 'tentacle-protocol/cli';

/** A part of a status line. What is less important is left out where the line is too long. */
export interface LivePart {
  readonly text: string;
  /** The lowest is left out first. */
  readonly priority: number;
}

/** Parts in brackets, as many as fit: `[ 37/100   36 ok   1 failed ]`. */
export function liveLine(parts: readonly (LivePart | undefined)[], { width }: Pick<Screen, 'width'>): string {
  let shown = parts.filter((part) => part !== undefined && part.text !== '') as LivePart[];
  // One column less than the width, as the status line itself.
  while (shown.length > 1 && textWidth(lineOf(shown)) >= width) {
    const least = Math.min(...shown.map(({ priority }) => priority));
    const index = shown.findLastIndex(({ priority }) => priority === least);
    shown = shown.filter((_, i) => i !== index);
  }
  return lineOf(shown);
}

function lineOf(parts: readonly LivePart[]): string {
  return `[ ${parts.map(({ text }) => text).join('   ')} ]`;
}

/** A bar, filled to a share from 0 to 1. */
export function progressBar(share: number, columns: number, { unicode }: Pick<Screen, 'unicode'>): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns);
  const [full, empty] = unicode ? ['█', '░'] : ['#', '-'];
  return `${full.repeat(filled)}${empty.repeat(columns - filled)}`;
}

/** A share as a percentage that does not exceed 100 and reaches it only at the end. */
export function percentText(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share)) * 100)}%`;
}

/** A remaining time: `12 s left`; undefined where it is unknown. */
export function leftText(us: number | undefined): string {
  return us === undefined || !Number.isFinite(us) ? '' : `${wholeSeconds(us)} left`;
}

/** A duration in whole seconds, so that a line that is renewed does not flicker. */
export function wholeSeconds(us: number): string {
  const seconds = Math.max(0, Math.ceil(us / 1_000_000));
  return formatDuration(seconds * 1_000_000).replace(/^0\.000 ms$/, '0 s');
}

/** The number of failures, in red unless it is 0. */
export function failedText(failed: number): string {
  const text = `${failed.toLocaleString('en-US')} failed`;
  return failed === 0 ? text : styled('bad', text);
}

/** What has waited for over a second: `tls: waiting for 3 s`. */
export function waitingText(what: string, us: number): string {
  return styled('warning', `${what}: waiting for ${wholeSeconds(us)}`);
}

/** From how long on a wait is shown. */
export const WAIT_SHOWN_US = 1_000_000;

/** The times of the attempts: p50, and p99 where there are enough for it, otherwise the longest. */
export function timesText(times: { readonly count: number; readonly maxUs: number; percentileUs(p: number): number }) {
  if (times.count === 0) return { p50: '', longest: '' };
  const longest = times.count >= P99_COUNT ? `p99 ${ms(times.percentileUs(99))} ms` : `max ${ms(times.maxUs)} ms`;
  return { p50: `p50 ${ms(times.percentileUs(50))}`, longest };
}

/** With fewer, the 99th percentile is the longest one. */
const P99_COUNT = 100;

/** Bytes that move: how many of how many, rate, remaining time. */
export interface LiveBytes {
  readonly label: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Absent: unknown yet. */
  readonly perSecond?: number;
  /** How long nothing has moved. */
  readonly stalledUs?: number;
}

/** A bar with bytes, rate and remaining time. */
export function bytesLine(
  { label, doneBytes, totalBytes, perSecond, stalledUs = 0 }: LiveBytes,
  screen: Screen,
): string {
  const share = totalBytes === 0 ? 0 : doneBytes / totalBytes;
  const isStalled = stalledUs >= WAIT_SHOWN_US;
  const leftUs =
    perSecond === undefined || perSecond === 0 ? undefined : ((totalBytes - doneBytes) / perSecond) * 1_000_000;
  return liveLine(
    [
      { text: label, priority: 5 },
      { text: progressBar(share, Math.max(4, Math.min(BAR_MAX, screen.width - BESIDE_BAR)), screen), priority: 2 },
      { text: percentText(share), priority: 6 },
      { text: amountText(doneBytes, totalBytes), priority: 3 },
      perSecond === undefined || isStalled
        ? undefined
        : { text: formatRate(perSecond).replace(/ \(.*/, ''), priority: 3 },
      { text: isStalled ? waitingText('no data', stalledUs) : leftText(leftUs), priority: 4 },
    ],
    screen,
  );
}

/** How many bytes of how many, in the unit of the whole: `12.5 of 342 MB`. */
function amountText(doneBytes: number, totalBytes: number): string {
  const done = totalBytes < 1_000_000 ? doneBytes : Number((doneBytes / 1_000_000).toPrecision(3));
  return `${done.toLocaleString('en-US')} of ${formatSize(totalBytes)}`;
}

/** The longest bar, and what a line needs beside it: label, percentage, sizes, rate and time. */
const BAR_MAX = 40;
const BESIDE_BAR = 66;
