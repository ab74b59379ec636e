import { type DurationFigures, DurationHistogram } from 'tentacle-protocol/cli';
import { ConnectionCounts, echo, type EndedConnectionRecord, type EndingId } from 'tentacle-protocol/diagnostics';
import { type ConnectionKind, kindOfConnection } from './connection-kind.js';

/** A client that was rejected because of its certificate. */
export interface RejectedClient {
  readonly thumbprint: string;
  readonly count: number;
  readonly lastAddress: string;
}

/** The name of the call that measures a round trip. */
export const ECHO = `${echo.service}.${echo.method}`;

/** The stages that a listener can time, by the names that tentacle-ping has for them. */
export type TimedStage = 'tls' | 'identity' | 'rpc';

/** A client with more certificates than this is a scanner, and the latest are enough. */
const REFUSED_MAX = 100;

/** Counts of all connections. Memory does not grow with their number. */
export class Tally extends ConnectionCounts {
  readonly #endings = new Map<EndingId, number>();
  readonly #calls = new Map<string, number>();
  readonly #refused = new Map<string, RejectedClient>();
  readonly #durations = new DurationHistogram();
  readonly #stages = new Map<TimedStage, DurationHistogram>();
  readonly #totals = new Map<ConnectionKind, DurationHistogram>();

  ended(record: EndedConnectionRecord): void {
    add(this.#endings, record.ending, 1);
    for (const [name, count] of Object.entries(record.calls)) add(this.#calls, name, count);
    this.#durations.add(record.durationUs);
    if (record.tlsUs !== undefined) addTime(this.#stages, 'tls', record.tlsUs);
    if (record.identityUs !== undefined) addTime(this.#stages, 'identity', record.identityUs);
    const kind = kindOfConnection(record);
    if (kind !== undefined) addTime(this.#totals, kind, record.durationUs);
    if (record.ending === 'refused.thumbprint') this.#countRefused(record.clientThumbprint ?? '', record.address);
  }

  /** A call without data streams was answered. */
  answered(name: string, durationUs: number): void {
    if (name === ECHO) addTime(this.#stages, 'rpc', durationUs);
  }

  /** The stages that were timed, in the order of the path; `rpc`: every echo. */
  get stages(): Readonly<Partial<Record<TimedStage, DurationFigures>>> {
    return figuresOf(this.#stages, ['tls', 'identity', 'rpc']);
  }

  /** From accept to the ending, of connections that did not fail, by what they were for. */
  get totals(): Readonly<Partial<Record<ConnectionKind, DurationFigures>>> {
    return figuresOf(this.#totals, ['ping', 'probe', 'idle', 'transfer']);
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

function addTime<Key>(histograms: Map<Key, DurationHistogram>, key: Key, durationUs: number): void {
  let histogram = histograms.get(key);
  if (histogram === undefined) histograms.set(key, (histogram = new DurationHistogram()));
  histogram.add(durationUs);
}

function figuresOf<Key extends string>(
  histograms: ReadonlyMap<Key, DurationHistogram>,
  order: readonly Key[],
): Partial<Record<Key, DurationFigures>> {
  const known = order.flatMap((key) => {
    const figures = histograms.get(key)?.figures;
    return figures === undefined ? [] : [[key, figures] as const];
  });
  return Object.fromEntries(known) as Partial<Record<Key, DurationFigures>>;
}
