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

/**
 * The recent probes, in constant memory. Many successes displace no failure, and many failures of one target not the only
 * one of another: during an outage of hundreds, each alert still leads to a report.
 */
export class ProbeHistory {
  readonly #successes = new Map<number, KeptProbe>();
  readonly #failures = new Map<number, KeptProbe>();
  #last = 0;

  add(probe: Omit<KeptProbe, 'number'>): KeptProbe {
    const kept = { ...probe, number: ++this.#last };
    const { number, isSuccess } = kept;
    const probes = isSuccess ? this.#successes : this.#failures;
    probes.set(number, kept);
    const [oldest = number] = probes.keys();
    if (isSuccess && probes.size > SUCCESSES_KEPT) probes.delete(oldest);
    if (!isSuccess && probes.size > FAILURES_KEPT) probes.delete(leastNeeded([...probes.values()]) ?? oldest);
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

/** The oldest probe that is not the last one of its target; undefined where each is. */
function leastNeeded(probes: readonly KeptProbe[]): number | undefined {
  const last = new Map(probes.map((probe) => [targetOf(probe), probe.number]));
  return probes.find((probe) => last.get(targetOf(probe)) !== probe.number)?.number;
}

function targetOf({ module, report: { target } }: KeptProbe): string {
  return `${module} ${target.host}:${target.port}`;
}
