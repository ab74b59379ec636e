import type { ConnectionRecord as ConnectionRecord } from 'tentacle-protocol/diagnostics';
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

/** What happened to one attempt, according to the records of both ends. */
export type AttemptMatch =
  /** It has a record there, found by the name that its calls carry, by its port, or by its time alone. */
  | { readonly kind: 'arrived'; readonly record: ConnectionRecord; readonly by: MatchedBy }
  /** It has no record, and no record may be its: proven. */
  | { readonly kind: 'never-arrived' }
  /** It reused a connection that an earlier attempt had opened. */
  | { readonly kind: 'reused' }
  /** It ended before a packet could be sent to the peer. */
  | { readonly kind: 'not-sent' }
  | {
      readonly kind: 'unknown';
      readonly why: UnmatchedReason;
      /** The records of which one is its, all of them from addresses with which this client arrives. Absent: not known. */
      readonly candidates?: readonly ConnectionRecord[];
    };

/** The records that the other end returned. Plain data. */
export interface RemoteRecords {
  /** Those of this client, or that may be. */
  readonly records: readonly ConnectionRecord[];
  /** The periods, by its clock, of which every record of this client is among them. */
  readonly complete: readonly Span[];
  /** Whether not all records of this client were fetched. */
  readonly isCutShort?: boolean;
  /** How many more connections came from addresses that may or may not be this client's. */
  readonly withheld: number;
  /** The times in which its process did not run, by its clock, as far as they are known. */
  readonly stalls?: readonly Span[];
}

/** How this client appears there, as far as it is known without the records. */
export interface ClientFootprint {
  /** Addresses and ports there are those of a proxy on the path. */
  readonly throughProxy: boolean;
  /** The certificates under which this client arrives. */
  readonly thumbprints: readonly string[];
  /** One connection of this client from both sides. */
  readonly sample?: AddressSample;
}

/** What to match: the attempts here, the records there, and what relates them. */
export interface MatchInput {
  readonly attempts: readonly AttemptRecord[];
  readonly remote: RemoteRecords;
  readonly clock: ClockDifference | undefined;
  readonly footprint: ClientFootprint;
}

/**
 * Finds the record there that belongs to each attempt here. A record goes to one attempt at most, and each attempt has
 * one match; what is not certain stays unknown.
 */
export function matchRecords(input: MatchInput): ReadonlyMap<number, AttemptMatch> {
  return new RecordMatcher(input).matches;
}

class RecordMatcher {
  readonly matches = new Map<number, AttemptMatch>();
  readonly #attempts: readonly AttemptRecord[];
  readonly #remote: RemoteRecords;
  readonly #footprint: ClientFootprint;
  readonly #spans = new Map<AttemptRecord, Span>();
  /** Records without an attempt, in the order of their time. */
  #free: readonly CandidateRecord[];
  #samples: AddressSample[];

  constructor({ attempts, remote, clock, footprint }: MatchInput) {
    this.#attempts = attempts;
    this.#remote = remote;
    this.#footprint = footprint;
    this.#samples = footprint.sample === undefined ? [] : [footprint.sample];
    this.#free = remote.records
      .map((record) => ({ record, atMs: Date.parse(record.startedAt) }))
      .sort((a, b) => a.atMs - b.atMs);
    for (const attempt of attempts) {
      if (attempt.reused) this.matches.set(attempt.number, { kind: 'reused' });
      else if (endedBeforeSending(attempt, footprint.throughProxy))
        this.matches.set(attempt.number, { kind: 'not-sent' });
    }
    const inTime = this.#matchByActivity(clock);
    if (clock !== undefined && inTime) {
      for (const attempt of this.#unmatched()) this.#spans.set(attempt, remoteSpan(attempt, clock, remote.stalls));
      if (!footprint.throughProxy) this.#matchByPort();
      this.#findNeverArrived();
      this.#matchByTime();
      this.#listCandidates();
    }
    // Without a clock only names identify a record.
    const why = clock === undefined || !inTime ? 'not-kept' : 'ambiguous';
    for (const { number } of this.#unmatched()) this.matches.set(number, { kind: 'unknown', why });
  }

  /** @returns whether all that were found like this are in time; otherwise one of the two clocks was set during the run. */
  #matchByActivity(clock: ClockDifference | undefined): boolean {
    const named = groupBy(this.#free, ({ record }) => record.activityId);
    let inTime = true;
    for (const attempt of this.#unmatched()) {
      const candidates = attempt.activityId === undefined ? undefined : named.get(attempt.activityId);
      const [candidate] = candidates ?? [];
      if (candidate === undefined) continue;
      if (candidates?.length !== 1) this.matches.set(attempt.number, { kind: 'unknown', why: 'ambiguous' });
      else {
        this.#settle(attempt, candidate, 'activity');
        inTime &&= clock === undefined || within(candidate.atMs, remoteSpan(attempt, clock, this.#remote.stalls));
      }
    }
    // A record with a name belongs to the attempt of that name, and a request for a page was not an attempt.
    this.#free = this.#free.filter(({ record }) => record.activityId === undefined && record.firstLine === undefined);
    return inTime;
  }

  #matchByPort(): void {
    const mapping = this.#mapping;
    const byPort = groupBy(this.#free, ({ record }) => record.port);
    this.#matchUnique('port', (attempt) =>
      (byPort.get(attempt.localPort ?? -1) ?? []).filter(
        ({ record, atMs }) => within(atMs, this.#spanOf(attempt)) && portMatches(attempt, record, mapping),
      ),
    );
  }

  #findNeverArrived(): void {
    const { complete, withheld, isCutShort = false } = this.#remote;
    const mapping = this.#mapping;
    for (const attempt of this.#unmatched()) {
      if (this.#candidates(attempt, mapping).length > 0) continue;
      const span = this.#spanOf(attempt);
      const isComplete = complete.some(({ fromMs, toMs }) => fromMs <= span.fromMs && span.toMs <= toMs);
      const why = isCutShort ? 'not-fetched' : 'not-kept';
      if (!isComplete) this.matches.set(attempt.number, { kind: 'unknown', why });
      // Behind an address translator, some may arrive from an address that no other attempt arrived from.
      else if (withheld > 0 && !mapping.isDirect)
        this.matches.set(attempt.number, { kind: 'unknown', why: 'withheld' });
      // It may have ended before it sent anything.
      else if (attempt.outcome === 'cancelled') this.matches.set(attempt.number, { kind: 'unknown', why: 'ambiguous' });
      else this.matches.set(attempt.number, { kind: 'never-arrived' });
    }
  }

  #matchByTime(): void {
    const mapping = this.#mapping;
    this.#matchUnique(
      'time',
      (attempt) => this.#candidates(attempt, mapping),
      (one) => this.#isThisClient(one, mapping),
    );
  }

  /** Keeps what the failed attempts that are left may have recorded: where all of it is alike, one of them is known well enough. */
  #listCandidates(): void {
    const mapping = this.#mapping;
    for (const attempt of this.#unmatched().filter(({ failure }) => failure !== undefined)) {
      const candidates = this.#candidates(attempt, mapping);
      if (!candidates.every((one) => this.#isThisClient(one, mapping))) continue;
      const records = candidates.map(({ record }) => record);
      this.matches.set(attempt.number, { kind: 'unknown', why: 'ambiguous', candidates: records });
    }
  }

  #isThisClient({ record }: CandidateRecord, { translated }: AddressMapping): boolean {
    return this.#footprint.thumbprints.includes(record.clientThumbprint ?? '') || translated.has(record.address);
  }

  /** The records that may be an attempt's. */
  #candidates(attempt: AttemptRecord, mapping: AddressMapping): CandidateRecord[] {
    const { fromMs, toMs } = this.#spanOf(attempt);
    const candidates: CandidateRecord[] = [];
    for (let i = firstFrom(this.#free, fromMs); i < this.#free.length; i++) {
      const candidate = this.#free[i];
      if (candidate === undefined || candidate.atMs > toMs) break;
      if (this.#footprint.throughProxy || !portBelongsToAnother(attempt, candidate.record, mapping))
        candidates.push(candidate);
    }
    return candidates;
  }

  /** Matches each attempt and record that fit each other and no other. */
  #matchUnique(
    by: MatchedBy,
    candidatesOf: (attempt: AttemptRecord) => CandidateRecord[],
    isSure: (candidate: CandidateRecord) => boolean = () => true,
  ): void {
    const fitting = this.#unmatched().map((attempt) => ({ attempt, candidates: candidatesOf(attempt) }));
    const attempts = new Map<CandidateRecord, number>();
    for (const { candidates } of fitting) for (const one of candidates) attempts.set(one, (attempts.get(one) ?? 0) + 1);
    for (const { attempt, candidates } of fitting) {
      const [candidate, ...more] = candidates;
      if (candidate !== undefined && more.length === 0 && attempts.get(candidate) === 1 && isSure(candidate))
        this.#settle(attempt, candidate, by);
    }
    const matched = new Set(
      [...this.matches.values()].map((match) => (match.kind === 'arrived' ? match.record : undefined)),
    );
    this.#free = this.#free.filter(({ record }) => !matched.has(record));
  }

  #settle(attempt: AttemptRecord, { record }: CandidateRecord, by: MatchedBy): void {
    this.matches.set(attempt.number, { kind: 'arrived', record, by });
    this.#samples.push(addressSample(attempt, record));
  }

  #unmatched(): AttemptRecord[] {
    return this.#attempts.filter(({ number }) => !this.matches.has(number));
  }

  #spanOf(attempt: AttemptRecord): Span {
    return this.#spans.get(attempt) ?? { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  }

  get #mapping(): AddressMapping {
    return this.#footprint.throughProxy ? inferMapping([]) : inferMapping(this.#samples);
  }
}

interface CandidateRecord {
  readonly record: ConnectionRecord;
  readonly atMs: number;
}

/** Whether no connection to the peer was tried: the name, this machine or the proxy failed first. */
function endedBeforeSending({ failure }: AttemptRecord, throughProxy: boolean): boolean {
  if (failure === undefined) return false;
  return failure.shownAt === 'dns' || failure.id.startsWith('local.') || (throughProxy && failure.shownAt === 'tcp');
}

function groupBy<Key>(
  candidates: readonly CandidateRecord[],
  keyOf: (one: CandidateRecord) => Key | undefined,
): Map<Key, CandidateRecord[]> {
  const groups = new Map<Key, CandidateRecord[]>();
  for (const one of candidates) {
    const key = keyOf(one);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

/** The index of the first of them, in order of time, that is not earlier. */
function firstFrom(candidates: readonly CandidateRecord[], fromMs: number): number {
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((candidates[middle]?.atMs ?? fromMs) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
