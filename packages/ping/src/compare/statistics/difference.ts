/** An estimate and the interval around it. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval of a difference `b - a` from those of its two sides: the distances of the sides' limits, squared and
 * added (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008). Keeps what the sides' intervals know of skew. A side
 * without a limit leaves the difference without one.
 */
export function differenceInterval(a: Interval, b: Interval): Interval {
  const value = b.value - a.value;
  return {
    value,
    low: value - Math.hypot(b.value - b.low, a.high - a.value),
    high: value + Math.hypot(b.high - b.value, a.value - a.low),
  };
}
