import { type DurationFigures, DurationHistogram } from 'tentacle-protocol/cli';
import { ConnectionCounts, type EndedConnectionRecord, type EndingId } from 'tentacle-protocol/diagnostics';

/** A client that was rejected because of its certificate. */
export interface RejectedClient {
  readonly thumbprint: string;
  readonly count: number;
  readonly lastAddress: string;
}

/** Number of connections within a range of durations. `belowUs` is absent in the last range. */
export interface DurationBar {
  readonly belowUs?: number;
  readonly count: number;
}

/** A client with more certificates than this is a scanner, and the latest are enough. */
const REFUSED_MAX = 100;

/** Four bars for each power of ten are too many to read, two hide the shape. */
const BAR_STEPS = [1, 2, 5];

/** From 1 ms, less than any handshake takes, to 1000 s; longer durations share the last bar. */
const BAR_EDGES_US = [3, 4, 5, 6, 7, 8].flatMap((power) => BAR_STEPS.map((step) => step * 10 ** power)).concat(10 ** 9);

/** Counts of all connections. Memory does not grow with their number. */
export class Tally extends ConnectionCounts {
  readonly #endings = new Map<EndingId, number>();
  readonly #calls = new Map<string, number>();
  readonly #refused = new Map<string, RejectedClient>();
  readonly #durations = new DurationHistogram();
  /** By upper edge. */
  readonly #bars = new Map<number, number>();

  ended(record: EndedConnectionRecord): void {
    add(this.#endings, record.ending, 1);
    for (const [name, count] of Object.entries(record.calls)) add(this.#calls, name, count);
    this.#durations.add(record.durationUs);
    const bar = BAR_EDGES_US.find((edgeUs) => record.durationUs < edgeUs);
    add(this.#bars, bar ?? Number.POSITIVE_INFINITY, 1);
    if (record.ending === 'refused.thumbprint') this.#countRefused(record.clientThumbprint ?? '', record.address);
  }

  /** The most frequent first. */
  get endings(): Readonly<Partial<Record<EndingId, number>>> {
    return Object.fromEntries(sorted(this.#endings));
  }

  /** The most frequent first. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(sorted(this.#calls));
  }

  /** The latest last. */
  get refused(): readonly RejectedClient[] {
    return [...this.#refused.values()];
  }

  get durations(): DurationFigures {
    return this.#durations.figures;
  }

  /** The histogram of durations for people, without the empty ranges at both ends. */
  get bars(): readonly DurationBar[] {
    const bars = [...BAR_EDGES_US, Number.POSITIVE_INFINITY].map((edgeUs) => {
      return { count: this.#bars.get(edgeUs) ?? 0, ...(Number.isFinite(edgeUs) ? { belowUs: edgeUs } : {}) };
    });
    const filled = bars.map(({ count }) => count > 0);
    return bars.slice(Math.max(filled.indexOf(true), 0), filled.lastIndexOf(true) + 1);
  }

  #countRefused(thumbprint: string, lastAddress: string): void {
    const count = (this.#refused.get(thumbprint)?.count ?? 0) + 1;
    this.#refused.delete(thumbprint);
    this.#refused.set(thumbprint, { thumbprint, count, lastAddress });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > REFUSED_MAX && oldest !== undefined) this.#refused.delete(oldest);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function sorted<Key>(counts: ReadonlyMap<Key, number>): [Key, number][] {
  return [...counts].sort(([, one], [, other]) => other - one);
}
