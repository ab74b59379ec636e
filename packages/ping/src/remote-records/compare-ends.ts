import { omitUndefined } from 'tentacle-protocol/cli';
import { type ConnectionRecord, type EndingId, limitEndingIds } from 'tentacle-protocol/diagnostics';
import { NO_EVIDENCE, type RemoteEvidence } from '../report/remote-evidence.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { attemptSpan, overlaps, remoteSpan } from './clock.js';
import type { Stall } from './listener-state.js';
import type { ClockDifference, FetchCutShort } from '../report/remote-view.js';
import type { ClientFootprint, AttemptMatch } from './match-records.js';
import { pairedTimes } from './paired-times.js';
import type { ListenerState } from '../report/listener-state.js';
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
  /** The times in which its process did not run, by its clock. */
  readonly stalls: readonly Stall[];
  readonly listener?: ListenerState;
  readonly largestAcceptBatch?: number;
  readonly cutShort?: FetchCutShort;
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
  const {
    how,
    pongVersion,
    clock,
    footprint,
    attempts,
    unrecorded,
    matches,
    remoteRecords,
    listener,
    largestAcceptBatch,
    cutShort,
  } = both;
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
  const cut = pairs.filter(({ attempt, record }) => isCut(attempt, record, both));
  const own = new Set(pairs.map(({ record }) => record));
  return {
    status: 'compared',
    how,
    pongVersion,
    ...omitUndefined({ clock, cutShort }),
    attempts: {
      sent: attempts.length + unrecorded.answered + unrecorded.answeredReused + unrecorded.others,
      arrived: counts.arrived + byAnswer,
      neverArrived: counts['never-arrived'],
      kept: counts.reused + unrecorded.answeredReused,
      notSent: counts['not-sent'],
      unknown: counts.unknown + unrecorded.others,
    },
    ...omitUndefined({ stages: pairedTimes(pairs) }),
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
    ...omitUndefined({ listener, largestAcceptBatch }),
  };
}

/** Whether neither end ended the connection. */
function isCut(attempt: AttemptRecord, record: ConnectionRecord, context: PairContext): boolean {
  const outcome = pairOutcome(attempt, record, context);
  if (outcome === 'handshakeIncomplete')
    return ENDED.includes(attempt.failure?.evidence.code ?? '') && isNotEndedThere(attempt, record, context);
  return outcome === 'cutBetween';
}

/** The listener also closes a connection that was cut, at its own deadline: long after this end saw it end. */
function isNotEndedThere(attempt: AttemptRecord, record: ConnectionRecord, { clock }: PairContext): boolean {
  return record.closedBy !== 'local' || endedLater(attempt, record, clock);
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

/**
 * Endings that the listener decides by itself, whatever the network does. Others follow from what arrived, or from what did
 * not: a device may have held it back or changed it.
 */
const DECIDED_THERE: readonly string[] = [
  'refused.thumbprint',
  'stopped',
  'internal.bug',
  'rpc.no-room',
  'identity.subscriber',
] satisfies readonly EndingId[];

/** Endings of connections that the listener closed at accept, because a limit on connections was reached. */
const LIMIT_REACHED: readonly string[] = limitEndingIds;

/** Endings of a listener that waited for more than arrived, and closed at its own deadline. */
const WAITED_THERE: readonly string[] = [
  'tls.silent',
  'tls.stalled',
  'preamble.timeout',
  'trust.silent-client',
  'identity.timeout',
  'rpc.no-call',
  'rpc.timeout',
  'rpc.idle',
] satisfies readonly EndingId[];

/**
 * Codes with which TLS reports bytes that are not those of a handshake. A client that uses OpenSSL sends none of these, so
 * they were changed in transit. A certificate that the listener's TLS rejects has other codes.
 */
const DAMAGED = [
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_DIGEST_CHECK_FAILED',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_BAD_RECORD_TYPE',
  'ERR_SSL_UNEXPECTED_RECORD',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_INVALID_CCS_MESSAGE',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_ENCRYPTED_LENGTH_TOO_LONG',
  'ERR_SSL_LENGTH_TOO_SHORT',
];

type PairOutcome = keyof Omit<
  RemoteEvidence,
  'of' | 'neverArrived' | 'queueOverflowed' | 'unknown' | 'addressReached' | 'uncertain'
>;

/** What both ends know apart from the two records. */
type PairContext = Pick<EndPair, 'clock' | 'ownThumbprint' | 'stalls'>;

/** What the two records together show of a failed attempt that arrived. */
export function pairOutcome(attempt: AttemptRecord, record: ConnectionRecord, context: PairContext): PairOutcome {
  const { clock } = context;
  const { code = '', receivedBytes = 0 } = attempt.failure?.evidence ?? {};
  if (ENDED.includes(code)) {
    if (isHandshakeIncomplete(attempt, record)) return 'handshakeIncomplete';
    return isNotEndedThere(attempt, record, context) ? 'cutBetween' : closedThere(record, context);
  }
  if (!GAVE_UP.includes(code)) return 'arrived';
  if (didNotRun(attempt, context) || acceptedAfterwards(attempt, record, clock)) return 'notRunning';
  if (isHandshakeIncomplete(attempt, record)) return 'handshakeIncomplete';
  if (attempt.failure?.shownAt !== 'tls') return 'arrived';
  if (record.bytesIn === 0) return 'nothingCame';
  return record.bytesOut > 0 && receivedBytes === 0 ? 'answerLost' : 'arrived';
}

/**
 * Whether TLS completed at this end only, because what completes it there was cut off, lost or changed. The listener then
 * saw the connection end, waited in vain for the rest (perhaps still does), or received bytes that cannot have been sent.
 */
function isHandshakeIncomplete({ stages, failure }: AttemptRecord, record: ConnectionRecord): boolean {
  const { ending, closedBy, code = '' } = record;
  if (!stages.some(({ stage }) => stage === 'tls') || phaseOf(record) !== 'inHandshake') return false;
  if (ending === undefined) return GAVE_UP.includes(failure?.evidence.code ?? '');
  return closedBy !== 'local' || ending === 'tls.stalled' || DAMAGED.includes(code);
}

/** Whether each record that may be the attempt's shows that the handshake did not complete there. */
function areIncomplete(attempt: AttemptRecord, match: AttemptMatch): boolean {
  const { candidates = [] } = match.kind === 'unknown' ? match : {};
  return candidates.length > 0 && candidates.every((record) => isHandshakeIncomplete(attempt, record));
}

/** Why the listener closed the connection. A certificate that is not this client's was put in by a device in between. */
function closedThere({ ending = '', clientThumbprint }: ConnectionRecord, { ownThumbprint }: PairContext): PairOutcome {
  if (WAITED_THERE.includes(ending)) return 'waitedThere';
  if (LIMIT_REACHED.includes(ending)) return 'limitReached';
  const isOwn = clientThumbprint === undefined || clientThumbprint === ownThumbprint;
  return isOwn && DECIDED_THERE.includes(ending) ? 'endedThere' : 'arrived';
}

/** A pause that takes this share of the time for which this end waited is why it waited in vain. */
const STALL_SHARE = 0.5;

/** Whether the listener's process did not run for most of the attempt. */
function didNotRun(attempt: AttemptRecord, { clock, stalls }: PairContext): boolean {
  if (clock === undefined || clock.isAssumed === true) return false;
  const { fromMs, toMs } = attemptSpan(attempt, clock);
  const pausedMs = stalls.map((stall) => Math.min(toMs, stall.toMs) - Math.max(fromMs, stall.fromMs));
  return pausedMs.some((ms) => ms * 1000 >= attempt.totalUs * STALL_SHARE);
}

/** Whether the listener accepted the connection only when this end had given it up: until then its process did not run. */
function acceptedAfterwards(attempt: AttemptRecord, record: ConnectionRecord, clock?: ClockDifference): boolean {
  if (clock === undefined || clock.isAssumed === true) return false;
  return Date.parse(record.startedAt) > attemptSpan(attempt, clock).toMs;
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

function failuresOf(both: EndPair, reached: ReadonlySet<string>): ComparedEnds['failures'] {
  const { attempts, matches } = both;
  const byId = new Map<string, RemoteFailure>();
  for (const attempt of attempts) {
    const { failure, number } = attempt;
    const match = matches.get(number);
    if (failure === undefined || match === undefined || match.kind === 'not-sent') continue;
    let recorded = byId.get(failure.id);
    if (recorded === undefined) byId.set(failure.id, (recorded = emptyRemoteFailure(failure.id)));
    recorded.of++;
    recorded.addressReached &&= reached.has(attempt.address ?? '');
    if (match.kind === 'never-arrived') recorded[didOverflow(attempt, both) ? 'queueOverflowed' : 'neverArrived']++;
    else if (match.kind !== 'arrived') {
      const isIncomplete = areIncomplete(attempt, match);
      recorded[isIncomplete ? 'handshakeIncomplete' : 'unknown']++;
      if (isIncomplete) recorded.uncertain++;
    } else {
      const outcome = pairOutcome(attempt, match.record, both);
      const isUncertain = match.by === 'time' || both.clock?.isAssumed === true;
      // A record that was found by its time alone may be of another client.
      const isUsed = match.by !== 'time' || outcome === 'handshakeIncomplete';
      recorded[isUsed ? outcome : 'arrived']++;
      if (isUncertain) recorded.uncertain++;
      recorded.records.push(match.record);
    }
  }
  return [...byId.values()].map(({ records, ...recorded }) => ({ ...recorded, endings: endingsOf(records) }));
}

/** Whether the listener's queue overflowed while its process did not run, and the attempt waited meanwhile. */
function didOverflow(attempt: AttemptRecord, { clock, stalls, listener }: EndPair): boolean {
  if (clock === undefined || clock.isAssumed === true || listener?.wasQueueFull !== true) return false;
  if (!GAVE_UP.includes(attempt.failure?.evidence.code ?? '')) return false;
  const span = attemptSpan(attempt, clock);
  return stalls.some((stall) => stall.overflowed && overlaps(stall, span));
}

type RemoteFailure = {
  -readonly [Key in keyof Omit<ComparedEnds['failures'][number], 'endings'>]: ComparedEnds['failures'][number][Key];
} & {
  readonly records: ConnectionRecord[];
};

function emptyRemoteFailure(id: RemoteFailure['id']): RemoteFailure {
  return { id, ...NO_EVIDENCE, records: [] };
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
