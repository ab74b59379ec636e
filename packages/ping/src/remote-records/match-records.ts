import type { ArrivedConnection } from 'tentacle-protocol';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { ClockDifference, MatchedBy, UnmatchedReason } from '../report/remote-view.js';
import { remoteSpan, type Span, within } from './clock.js';
import {
  portBelongsToAnother,
  portMatches,
  type AddressSample,
  addressSample,
  type AddressMapping,
  inferMapping,
} from './address-translation.js';

/** What became of one attempt, as both ends' records show it. */
export type AttemptMatch =
  /** It has a record there, found by the name that its calls carry, by its port, or by its time alone. */
  | { readonly kind: 'arrived'; readonly record: ArrivedConnection; readonly by: MatchedBy }
  /** It has none, nor any that may be its: proven. */
  | { readonly kind: 'never-arrived' }
  /** It used a connection that an earlier attempt had made. */
  | { readonly kind: 'kept' }
  /** It ended before a packet could go there. */
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'unknown'; readonly why: UnmatchedReason };

/** What the other end gives of its records. Plain data. */
export interface RemoteRecords {
  /** Those that are ours, or may be. */
  readonly records: readonly ArrivedConnection[];
  /** The times, by its clock, of which every record of ours is among them. */
  readonly complete: readonly Span[];
  /** How many more connections came from addresses of which it is not known whose they are. */
  readonly withheld: number;
}

/** How we appear there, as far as it is known from elsewhere than the records. */
export interface ClientFootprint {
  /** Addresses and ports there are not ours, but those of a proxy on the way. */
  readonly throughProxy: boolean;
  /** Certificates under which we come. */
  readonly thumbprints: readonly string[];
  /** A connection of ours from both sides. */
  readonly sample?: AddressSample;
}

/**
 * Which record there belongs to which attempt here. A record goes to one attempt at most, and each attempt has one
 * fate; what is not certain stays unknown.
 */
export function matchRecords(
  attempts: readonly AttemptRecord[],
  theirs: RemoteRecords,
  clock: ClockDifference | undefined,
  us: ClientFootprint,
): ReadonlyMap<number, AttemptMatch> {
  return new RecordMatcher(attempts, theirs, clock, us).matches;
}

class RecordMatcher {
  readonly matches = new Map<number, AttemptMatch>();
  readonly #attempts: readonly AttemptRecord[];
  readonly #theirs: RemoteRecords;
  readonly #us: ClientFootprint;
  readonly #spans = new Map<AttemptRecord, Span>();
  /** Records that nobody has been found for, in the order of their time. */
  #free: readonly CandidateRecord[];
  #samples: AddressSample[];

  constructor(
    attempts: readonly AttemptRecord[],
    theirs: RemoteRecords,
    clock: ClockDifference | undefined,
    us: ClientFootprint,
  ) {
    this.#attempts = attempts;
    this.#theirs = theirs;
    this.#us = us;
    this.#samples = us.sample === undefined ? [] : [us.sample];
    this.#free = theirs.records
      .map((record) => ({ record, atMs: Date.parse(record.startedAt) }))
      .sort((a, b) => a.atMs - b.atMs);
    for (const attempt of attempts) {
      if (attempt.reused) this.matches.set(attempt.number, { kind: 'kept' });
      else if (endedBeforeSending(attempt, us.throughProxy)) this.matches.set(attempt.number, { kind: 'not-sent' });
    }
    const inTime = this.#joinByActivity(clock);
    if (clock !== undefined && inTime) {
      for (const attempt of this.#open()) this.#spans.set(attempt, remoteSpan(attempt, clock));
      if (!us.throughProxy) this.#joinByPort();
      this.#findThoseThatNeverArrived();
      this.#joinByTime();
    }
    // Without a clock only names tell.
    const why = clock === undefined || !inTime ? 'not-kept' : 'ambiguous';
    for (const { number } of this.#open()) this.matches.set(number, { kind: 'unknown', why });
  }

  /** @returns whether all that were found so are in time; else one of the two clocks was set while we measured. */
  #joinByActivity(clock: ClockDifference | undefined): boolean {
    const named = groupBy(this.#free, ({ record }) => record.activityId);
    let inTime = true;
    for (const attempt of this.#open()) {
      const found = attempt.activityId === undefined ? undefined : named.get(attempt.activityId);
      const [arrival] = found ?? [];
      if (arrival === undefined) continue;
      if (found?.length !== 1) this.matches.set(attempt.number, { kind: 'unknown', why: 'ambiguous' });
      else {
        this.#settle(attempt, arrival, 'activity');
        inTime &&= clock === undefined || within(arrival.atMs, remoteSpan(attempt, clock));
      }
    }
    // What has a name has its maker's, and those that asked for a page made no attempt.
    this.#free = this.#free.filter(({ record }) => record.activityId === undefined && record.firstLine === undefined);
    return inTime;
  }

  #joinByPort(): void {
    const way = this.#way;
    const byPort = groupBy(this.#free, ({ record }) => record.port);
    this.#joinUnique('port', (attempt) =>
      (byPort.get(attempt.localPort ?? -1) ?? []).filter(
        ({ record, atMs }) => within(atMs, this.#spanOf(attempt)) && portMatches(attempt, record, way),
      ),
    );
  }

  #findThoseThatNeverArrived(): void {
    const { complete, withheld } = this.#theirs;
    const { isDirect } = this.#way;
    for (const attempt of this.#open()) {
      if (this.#mayBe(attempt).length > 0) continue;
      const span = this.#spanOf(attempt);
      const isComplete = complete.some(({ fromMs, toMs }) => fromMs <= span.fromMs && span.toMs <= toMs);
      if (!isComplete) this.matches.set(attempt.number, { kind: 'unknown', why: 'not-kept' });
      // Behind an address translator, some may come from an address that no other one came from.
      else if (withheld > 0 && !isDirect) this.matches.set(attempt.number, { kind: 'unknown', why: 'withheld' });
      // It may have ended before it sent anything.
      else if (attempt.outcome === 'cancelled') this.matches.set(attempt.number, { kind: 'unknown', why: 'ambiguous' });
      else this.matches.set(attempt.number, { kind: 'never-arrived' });
    }
  }

  #joinByTime(): void {
    const { translated } = this.#way;
    const { thumbprints } = this.#us;
    const isOurs = ({ record }: CandidateRecord): boolean =>
      thumbprints.includes(record.clientThumbprint ?? '') || translated.has(record.address);
    this.#joinUnique('time', (attempt) => this.#mayBe(attempt), isOurs);
  }

  /** Those that may be an attempt's. */
  #mayBe(attempt: AttemptRecord): CandidateRecord[] {
    const { fromMs, toMs } = this.#spanOf(attempt);
    const found: CandidateRecord[] = [];
    for (let i = firstFrom(this.#free, fromMs); i < this.#free.length; i++) {
      const arrival = this.#free[i];
      if (arrival === undefined || arrival.atMs > toMs) break;
      if (this.#us.throughProxy || !portBelongsToAnother(attempt, arrival.record)) found.push(arrival);
    }
    return found;
  }

  /** Join each attempt and record that fit each other and no other. */
  #joinUnique(
    by: MatchedBy,
    fitting: (attempt: AttemptRecord) => CandidateRecord[],
    isSure: (one: CandidateRecord) => boolean = yes,
  ) {
    const found = this.#open().map((attempt) => ({ attempt, arrivals: fitting(attempt) }));
    const makers = new Map<CandidateRecord, number>();
    for (const { arrivals } of found) for (const one of arrivals) makers.set(one, (makers.get(one) ?? 0) + 1);
    for (const { attempt, arrivals } of found) {
      const [arrival, ...more] = arrivals;
      if (arrival !== undefined && more.length === 0 && makers.get(arrival) === 1 && isSure(arrival))
        this.#settle(attempt, arrival, by);
    }
    const joined = new Set(
      [...this.matches.values()].map((fate) => (fate.kind === 'arrived' ? fate.record : undefined)),
    );
    this.#free = this.#free.filter(({ record }) => !joined.has(record));
  }

  #settle(attempt: AttemptRecord, { record }: CandidateRecord, by: MatchedBy): void {
    this.matches.set(attempt.number, { kind: 'arrived', record, by });
    this.#samples.push(addressSample(attempt, record));
  }

  #open(): AttemptRecord[] {
    return this.#attempts.filter(({ number }) => !this.matches.has(number));
  }

  #spanOf(attempt: AttemptRecord): Span {
    return this.#spans.get(attempt) ?? { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  }

  get #way(): AddressMapping {
    return this.#us.throughProxy ? inferMapping([]) : inferMapping(this.#samples);
  }
}

interface CandidateRecord {
  readonly record: ArrivedConnection;
  readonly atMs: number;
}

const yes = (): boolean => true;

/** No connection to the peer was tried: the name, this machine or the proxy was in the way. */
function endedBeforeSending({ failure }: AttemptRecord, throughProxy: boolean): boolean {
  if (failure === undefined) return false;
  return failure.shownAt === 'dns' || failure.id.startsWith('local.') || (throughProxy && failure.shownAt === 'tcp');
}

function groupBy<Key>(
  arrivals: readonly CandidateRecord[],
  keyOf: (one: CandidateRecord) => Key | undefined,
): Map<Key, CandidateRecord[]> {
  const groups = new Map<Key, CandidateRecord[]>();
  for (const one of arrivals) {
    const key = keyOf(one);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** The first of them, in order of time, that is not before. */
function firstFrom(arrivals: readonly CandidateRecord[], fromMs: number): number {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrivals[middle]?.atMs ?? fromMs) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
