import type { Report } from '../report/report.js';

/** A probe that ended. */
export interface KeptProbe {
  readonly number: number;
  readonly module: string;
  readonly report: Report;
  readonly isSuccess: boolean;
  /** From its request to its result. */
  readonly elapsedUs: number;
}

/** A report of one attempt is about 10 kB, so that all are about 5 MB. Failures are what is looked for. */
const SUCCESSES_KEPT = 100;
const FAILURES_KEPT = 400;

/** The recent probes, in constant memory. Many successes displace no failure. */
export class ProbeHistory {
  readonly #successes = new Map<number, KeptProbe>();
  readonly #failures = new Map<number, KeptProbe>();
  #last = 0;

  add(probe: Omit<KeptProbe, 'number'>): KeptProbe {
    const kept = { ...probe, number: ++this.#last };
    const [probes, max] = probe.isSuccess ? [this.#successes, SUCCESSES_KEPT] : [this.#failures, FAILURES_KEPT];
    probes.set(kept.number, kept);
    const [oldest] = probes.keys();
    if (probes.size > max && oldest !== undefined) probes.delete(oldest);
    return kept;
  }

  get(number: number): KeptProbe | undefined {
    return this.#failures.get(number) ?? this.#successes.get(number);
  }

  /** The last one first. */
  list(): readonly KeptProbe[] {
    return [...this.#successes.values(), ...this.#failures.values()].sort((a, b) => b.number - a.number);
  }
}
