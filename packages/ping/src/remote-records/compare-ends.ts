import type { ConnectionRecord } from 'tentacle-protocol/diagnostics';
import type { RemoteEvidence } from '../report/remote-evidence.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { remoteSpan } from './clock.js';
import type { ClockDifference } from '../report/remote-view.js';
import type { ClientFootprint, AttemptMatch } from './match-records.js';
import type { ComparedEnds, Counted, RemoteEnding } from '../report/remote-view.js';

/** What to compare. */
export interface EndPair {
  readonly how: ComparedEnds['how'];
  readonly pongVersion: string;
  readonly clock: ClockDifference | undefined;
  readonly footprint: ClientFootprint;
  readonly ownThumbprint: string;
  readonly attempts: readonly AttemptRecord[];
  /** Attempts without a record here: those that the other end answered, on a connection of their own or a reused one, and others. */
  readonly unrecorded: Unrecorded;
  /** Whether every attempt that succeeded was answered by tentacle-pong, so that it arrived. */
  readonly isAnsweredByPong: boolean;
  readonly matches: ReadonlyMap<number, AttemptMatch>;
  readonly remoteRecords: readonly ConnectionRecord[];
  /** Addresses at which it was reached by a connection that was not an attempt. */
  readonly reached: readonly string[];
  readonly largestAcceptBatch?: number;
}

export interface Unrecorded {
  readonly answered: number;
  readonly answeredReused: number;
  readonly others: number;
}

/** An attempt and its record there. */
interface Pair {
  readonly attempt: AttemptRecord;
  readonly record: ConnectionRecord;
}

/** Compares the records of both ends. */
export function compareBothEnds(both: EndPair): ComparedEnds {
  const { how, pongVersion, clock, footprint, attempts, unrecorded, matches, remoteRecords, largestAcceptBatch } = both;
  const counts = { arrived: 0, 'never-arrived': 0, reused: 0, 'not-sent': 0, unknown: 0 };
  const joinedBy: Record<string, number> = {};
  const unknown: Record<string, number> = unrecorded.others === 0 ? {} : { 'no-record': unrecorded.others };
  const pairs: Pair[] = [];
  // An answer proves that its request arrived, whatever the records say.
  let byAnswer = unrecorded.answered;
  let answeredElsewhere = 0;
  for (const attempt of attempts) {
    const match = matches.get(attempt.number) ?? { kind: 'unknown', why: 'ambiguous' };
    if (both.isAnsweredByPong && attempt.outcome === 'ok' && ['unknown', 'never-arrived'].includes(match.kind)) {
      byAnswer++;
      if (match.kind === 'never-arrived') answeredElsewhere++;
      continue;
    }
    counts[match.kind]++;
    if (match.kind === 'unknown') unknown[match.why] = (unknown[match.why] ?? 0) + 1;
    if (match.kind !== 'arrived') continue;
    joinedBy[match.by] = (joinedBy[match.by] ?? 0) + 1;
    pairs.push({ attempt, record: match.record });
  }
  const cut = pairs.filter(({ attempt, record }) => pairOutcome(attempt, record, clock) === 'cutBetween');
  const own = new Set(pairs.map(({ record }) => record));
  return {
    status: 'compared',
    how,
    pongVersion,
    ...(clock === undefined ? {} : { clock }),
    attempts: {
      sent: attempts.length + unrecorded.answered + unrecorded.answeredReused + unrecorded.others,
      arrived: counts.arrived + byAnswer,
      neverArrived: counts['never-arrived'],
      kept: counts.reused + unrecorded.answeredReused,
      notSent: counts['not-sent'],
      unknown: counts.unknown + unrecorded.others,
    },
    joinedBy: byAnswer === 0 ? joinedBy : { ...joinedBy, answer: byAnswer },
    ...(answeredElsewhere === 0 ? {} : { answeredElsewhere }),
    unknown,
    cut: {
      beforeTls: cut.filter(({ record }) => phaseOf(record) === 'beforeTls').length,
      inHandshake: cut.filter(({ record }) => phaseOf(record) === 'inHandshake').length,
      afterTls: cut.filter(({ record }) => phaseOf(record) === 'afterTls').length,
    },
    translated: counted(pairs, ({ attempt: { localAddress = '' }, record: { address } }) =>
      footprint.throughProxy || (localAddress !== '' && localAddress !== address) ? { address } : undefined,
    ),
    tls: counted(pairs, ({ attempt, record }) => {
      if (attempt.tlsVersion === undefined || record.tlsVersion === undefined) return undefined;
      const [ours, far] = [attempt, record].map(({ tlsVersion, cipher }) => `${tlsVersion ?? ''} ${cipher ?? ''}`);
      return ours === far ? undefined : { ours: ours ?? '', theirs: far ?? '' };
    }),
    certificates: counted(pairs, ({ record: { clientThumbprint: thumbprint } }) =>
      thumbprint === undefined || thumbprint === both.ownThumbprint ? undefined : { thumbprint },
    ),
    firstBytes: counted(pairs, ({ record: { firstBytes: bytes } }) =>
      bytes === undefined || bytes.hex.startsWith('1603') ? undefined : { bytes },
    ),
    failures: failuresOf(both, new Set([...both.reached, ...pairs.map(({ attempt }) => attempt.address ?? '')])),
    others: remoteRecords.filter((record) => !own.has(record)).length,
    ...(largestAcceptBatch === undefined ? {} : { largestAcceptBatch }),
  };
}

/** How far a connection came, as the listener recorded it. */
function phaseOf({ bytesIn, tlsVersion }: ConnectionRecord): keyof ComparedEnds['cut'] {
  if (tlsVersion !== undefined) return 'afterTls';
  return bytesIn === 0 ? 'beforeTls' : 'inHandshake';
}

/** Codes of a connection that the other end, or a device in its name, ended. */
const ENDED = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'TLS_CLOSED', 'CONNECTION_CLOSED', 'END_OF_STREAM'];

/** Codes of a deadline of this end. */
const GAVE_UP = ['CONNECT_TIMEOUT', 'TLS_TIMEOUT', 'READ_TIMEOUT', 'WRITE_TIMEOUT', 'ETIMEDOUT'];

type PairOutcome = keyof Omit<RemoteEvidence, 'of' | 'neverArrived' | 'unknown' | 'addressReached'>;

/** What the two records together show of a failed attempt that arrived. */
export function pairOutcome(attempt: AttemptRecord, record: ConnectionRecord, clock?: ClockDifference): PairOutcome {
  const { code = '', receivedBytes = 0 } = attempt.failure?.evidence ?? {};
  if (ENDED.includes(code)) {
    // The listener also closes a connection that was cut, at its own deadline: long after this end saw it end.
    if (record.closedBy !== 'local' || endedLater(attempt, record, clock)) return 'cutBetween';
    return 'endedThere';
  }
  if (!GAVE_UP.includes(code) || attempt.failure?.shownAt !== 'tls') return 'arrived';
  if (record.bytesIn === 0) return 'nothingCame';
  return record.bytesOut > 0 && receivedBytes === 0 ? 'answerLost' : 'arrived';
}

/** Whether it ended there later than here, even if the clocks are as wrong as they may be. */
export function endedLater(
  attempt: Parameters<typeof remoteSpan>[0],
  record: ConnectionRecord,
  clock: ClockDifference | undefined,
): boolean {
  if (clock === undefined) return false;
  return Date.parse(record.startedAt) + record.durationUs / 1000 > remoteSpan(attempt, clock).toMs;
}

function failuresOf({ attempts, matches, clock }: EndPair, reached: ReadonlySet<string>): ComparedEnds['failures'] {
  const byId = new Map<string, RemoteFailure>();
  for (const attempt of attempts) {
    const { failure, number } = attempt;
    const match = matches.get(number);
    if (failure === undefined || match === undefined || match.kind === 'not-sent') continue;
    let recorded = byId.get(failure.id);
    if (recorded === undefined) byId.set(failure.id, (recorded = emptyRemoteFailure(failure.id)));
    recorded.of++;
    recorded.addressReached &&= reached.has(attempt.address ?? '');
    if (match.kind === 'never-arrived') recorded.neverArrived++;
    else if (match.kind !== 'arrived') recorded.unknown++;
    else {
      // A record that was found by its time alone may be of another client.
      recorded[match.by === 'time' ? 'arrived' : pairOutcome(attempt, match.record, clock)]++;
      recorded.records.push(match.record);
    }
  }
  return [...byId.values()].map(({ records, ...recorded }) => ({ ...recorded, endings: endingsOf(records) }));
}

type RemoteFailure = {
  -readonly [Key in keyof Omit<ComparedEnds['failures'][number], 'endings'>]: ComparedEnds['failures'][number][Key];
} & {
  readonly records: ConnectionRecord[];
};

function emptyRemoteFailure(id: RemoteFailure['id']): RemoteFailure {
  return {
    id,
    of: 0,
    neverArrived: 0,
    cutBetween: 0,
    endedThere: 0,
    nothingCame: 0,
    answerLost: 0,
    arrived: 0,
    unknown: 0,
    addressReached: true,
    records: [],
  };
}

function endingsOf(records: readonly ConnectionRecord[]): RemoteEnding[] {
  return counted(records, ({ ending, closedBy }) => ({
    ...(ending === undefined ? {} : { ending }),
    ...(closedBy === undefined ? {} : { closedBy }),
  }));
}

/** A run has few of each; a hostile listener could invent as many as there are records. */
const KINDS_MAX = 20;

/** The number of each, most frequent first. Undefined is not counted. */
function counted<Item, Kind extends object>(
  items: readonly Item[],
  kindOf: (item: Item) => Kind | undefined,
): Counted<Kind>[] {
  const kinds = new Map<string, { readonly kind: Kind; count: number }>();
  for (const item of items) {
    const kind = kindOf(item);
    if (kind === undefined) continue;
    const known = kinds.get(JSON.stringify(kind));
    if (known === undefined) kinds.set(JSON.stringify(kind), { kind, count: 1 });
    else known.count++;
  }
  return [...kinds.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, KINDS_MAX)
    .map(({ kind, count }) => ({ ...kind, count }));
}
