/** Minimum, median and maximum of one figure over several rounds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Computes the spread of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const half = sorted.length / 2;
  const median = Number.isInteger(half) ? (at(half - 1) + at(half)) / 2 : at(Math.floor(half));
  return { min: at(0), median, max: at(sorted.length - 1) };
}

/** This pair, the reference and their ratio, each over the same rounds. */
export interface Compared {
  readonly measured: Spread;
  readonly reference: Spread;
  /** This pair divided by the reference, round by round. */
  readonly ratio: Spread;
}

/**
 * Measures two things alternately, so that other load on the machine affects both. The order changes with each round,
 * because the second measurement may find warm caches.
 */
export async function compare(
  rounds: number,
  measured: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<Compared> {
  const pairs: [measured: number, reference: number][] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const own = await measured();
      pairs.push([own, await reference()]);
    } else {
      const other = await reference();
      pairs.push([await measured(), other]);
    }
  }
  return {
    measured: spreadOf(pairs.map(([own]) => own)),
    reference: spreadOf(pairs.map(([, other]) => other)),
    ratio: spreadOf(pairs.map(([own, other]) => own / other)),
  };
}
