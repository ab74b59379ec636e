import { formatDuration } from '../../text/units.js';

/** Maps values to positions, with the values to label. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** The ends of a scale. */
export interface ScaleRange {
  /** The positions of the lowest and the highest value. */
  readonly from: number;
  readonly to: number;
  /** About as many labels as there is room for. */
  readonly labels: number;
}

/** A scale with equal steps, whose labels are round numbers. */
export function linearScale(low: number, high: number, { from, to, labels }: ScaleRange): Scale {
  const span = high > low ? high - low : 1;
  const step = roundStep(span / labels);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor((low + span) / step) - first + 1 }, (_, i) => (first + i) * step);
  return { at: (value) => from + ((value - low) / span) * (to - from), ticks };
}

/** A scale on which equal distances are equal factors. Both ends have to be above zero. */
export function logScale(low: number, high: number, { from, to, labels }: ScaleRange): Scale {
  const [a, b] = [Math.log10(low), Math.log10(Math.max(high, low * 1.01))];
  const candidates = [[1, 2, 5], [1, 3], [1]].map((factors) => decadeTicks(a, b, factors));
  const ticks = candidates.find((list) => list.length <= labels) ?? candidates.at(-1) ?? [];
  return { at: (value) => from + ((Math.log10(Math.max(value, low)) - a) / (b - a)) * (to - from), ticks };
}

function decadeTicks(a: number, b: number, factors: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let decade = Math.floor(a); decade <= Math.ceil(b); decade++)
    for (const factor of factors) {
      const value = factor * 10 ** decade;
      if (Math.log10(value) >= a - 1e-9 && Math.log10(value) <= b + 1e-9) ticks.push(value);
    }
  return ticks;
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= step * 0.999) ?? step;
}

/** Steps of time in which people count, in milliseconds. */
const TIME_STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/** A scale of moments (milliseconds since 1970), labeled at full seconds, minutes, hours or days. */
export function timeScale(low: number, high: number, { from, to, labels }: ScaleRange): Scale {
  const span = Math.max(1, high - low);
  const most = TIME_STEPS_MS.at(-1) ?? 1;
  const step = TIME_STEPS_MS.find((one) => span / one <= labels) ?? roundStep(span / labels / most) * most;
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, i) => (first + i) * step);
  return { at: (ms) => from + ((ms - low) / span) * (to - from), ticks };
}

/** The time of day of a tick, with the precision that the distance to the next one needs; the date where days pass. */
export function clockText(ms: number, { ticks }: Scale): string {
  const [first = 0, second = first + 1000] = ticks;
  const stepMs = second - first;
  const spanMs = (ticks.at(-1) ?? first) - first;
  const iso = new Date(ms).toISOString();
  if (spanMs >= 86_400_000) return stepMs >= 86_400_000 ? iso.slice(5, 10) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
  if (stepMs >= 60_000) return iso.slice(11, 16);
  return iso.slice(11, stepMs >= 1000 ? 19 : stepMs >= 100 ? 21 : 23);
}

/** `0`, `0.5 ms`, `20 ms`, `2 s`: ticks are round numbers. */
export function tickText(us: number): string {
  if (us === 0) return '0';
  return us < 1_000_000 ? `${Number((us / 1000).toPrecision(3))} ms` : formatDuration(us);
}

/** A position with a tenth of a pixel, which is all that is visible. */
export function px(position: number): string {
  return String(Math.round(position * 10) / 10);
}
