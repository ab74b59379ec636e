import type { ArrivedConnection, SeenThere } from 'tentacle-protocol';
import type { AttemptRecord } from '../report/attempt-record.js';
import { remoteSpan } from './clock.js';
import type { ClockDifference } from '../report/remote-view.js';
import type { ClientFootprint, AttemptMatch } from './match-records.js';
import type { ComparedEnds, Counted, RemoteEnding } from '../report/remote-view.js';

/** What is set beside each other. */
export interface BothEnds {
  readonly how: ComparedEnds['how'];
  readonly pongVersion: string;
  readonly clock: ClockDifference | undefined;
  readonly footprint: ClientFootprint;
  readonly ownThumbprint: string;
  readonly attempts: readonly AttemptRecord[];
  /** Attempts of which no record is kept. */
  readonly unrecorded: number;
  readonly matches: ReadonlyMap<number, AttemptMatch>;
  readonly remoteRecords: readonly ArrivedConnection[];
  /** Addresses at which it was reached otherwise than by an attempt. */
  readonly reached: readonly string[];
  readonly acceptedAtOnce?: number;
}

/** An attempt and its record there. */
interface Pair {
  readonly attempt: AttemptRecord;
  readonly record: ArrivedConnection;
}

/** What both ends' records come to. */
export function compareEnds(both: BothEnds): ComparedEnds {
  const {
    how,
    pongVersion,
    clock,
    footprint: us,
    attempts,
    unrecorded,
    matches: fates,
    remoteRecords: theirs,
    acceptedAtOnce,
  } = both;
  const counts = { arrived: 0, 'never-arrived': 0, kept: 0, 'not-sent': 0, unknown: 0 };
  const joinedBy: Record<string, number> = {};
  const unknown: Record<string, number> = unrecorded === 0 ? {} : { 'no-record': unrecorded };
  const pairs: Pair[] = [];
  for (const attempt of attempts) {
    const fate = fates.get(attempt.number) ?? { kind: 'unknown', why: 'ambiguous' };
    counts[fate.kind]++;
    if (fate.kind === 'unknown') unknown[fate.why] = (unknown[fate.why] ?? 0) + 1;
    if (fate.kind !== 'arrived') continue;
    joinedBy[fate.by] = (joinedBy[fate.by] ?? 0) + 1;
    pairs.push({ attempt, record: fate.record });
  }
  const cut = pairs.filter(({ attempt, record }) => pairOutcome(attempt, record, clock) === 'cutBetween');
  const own = new Set(pairs.map(({ record }) => record));
  return {
    status: 'compared',
    how,
    pongVersion,
    ...(clock === undefined ? {} : { clock }),
    attempts: {
      sent: attempts.length + unrecorded,
      arrived: counts.arrived,
      neverArrived: counts['never-arrived'],
      kept: counts.kept,
      notSent: counts['not-sent'],
      unknown: counts.unknown + unrecorded,
    },
    joinedBy,
    unknown,
    cut: {
      beforeTls: cut.filter(({ record }) => placeOf(record) === 'beforeTls').length,
      inHandshake: cut.filter(({ record }) => placeOf(record) === 'inHandshake').length,
      afterTls: cut.filter(({ record }) => placeOf(record) === 'afterTls').length,
    },
    translated: counted(pairs, ({ attempt: { localAddress = '' }, record: { address } }) =>
      us.throughProxy || (localAddress !== '' && localAddress !== address) ? { address } : undefined,
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
    others: theirs.filter((record) => !own.has(record)).length,
    ...(acceptedAtOnce === undefined ? {} : { acceptedAtOnce }),
  };
}

/** How far a connection came, as the listener saw it. */
function placeOf({ bytesIn, tlsVersion }: ArrivedConnection): keyof ComparedEnds['cut'] {
  if (tlsVersion !== undefined) return 'afterTls';
  return bytesIn === 0 ? 'beforeTls' : 'inHandshake';
}

/** Codes of an end that the other side, or something in its name, made. */
const ENDED = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'TLS_CLOSED', 'CONNECTION_CLOSED', 'END_OF_STREAM'];

/** Codes of our own patience. */
const GAVE_UP = ['CONNECT_TIMEOUT', 'TLS_TIMEOUT', 'READ_TIMEOUT', 'WRITE_TIMEOUT', 'ETIMEDOUT'];

type PairOutcome = keyof Omit<SeenThere, 'of' | 'neverArrived' | 'unknown' | 'addressReached'>;

/** What the two records together say of a failed attempt that arrived. */
export function pairOutcome(attempt: AttemptRecord, record: ArrivedConnection, clock?: ClockDifference): PairOutcome {
  const { code = '', receivedBytes = 0 } = attempt.failure?.evidence ?? {};
  if (ENDED.includes(code)) {
    // The listener closes what has been cut too, when its own patience ends: long after we saw the end.
    if (record.closedBy !== 'us' || endedLater(attempt, record, clock)) return 'cutBetween';
    return 'endedThere';
  }
  if (!GAVE_UP.includes(code) || attempt.failure?.shownAt !== 'tls') return 'arrived';
  if (record.bytesIn === 0) return 'nothingCame';
  return record.bytesOut > 0 && receivedBytes === 0 ? 'answerLost' : 'arrived';
}

/** Its end came later than that of what we did, also where the clocks are as wrong as they may be. */
export function endedLater(
  attempt: Parameters<typeof remoteSpan>[0],
  record: ArrivedConnection,
  clock: ClockDifference | undefined,
): boolean {
  if (clock === undefined) return false;
  return Date.parse(record.startedAt) + record.durationUs / 1000 > remoteSpan(attempt, clock).toMs;
}

function failuresOf(
  { attempts, matches: fates, clock }: BothEnds,
  reached: ReadonlySet<string>,
): ComparedEnds['failures'] {
  const found = new Map<string, FailureThere>();
  for (const attempt of attempts) {
    const { failure, number } = attempt;
    const fate = fates.get(number);
    if (failure === undefined || fate === undefined || fate.kind === 'not-sent') continue;
    let seen = found.get(failure.id);
    if (seen === undefined) found.set(failure.id, (seen = nothingSeen(failure.id)));
    seen.of++;
    seen.addressReached &&= reached.has(attempt.address ?? '');
    if (fate.kind === 'never-arrived') seen.neverArrived++;
    else if (fate.kind !== 'arrived') seen.unknown++;
    else {
      // By its time alone it may be somebody else's.
      seen[fate.by === 'time' ? 'arrived' : pairOutcome(attempt, fate.record, clock)]++;
      seen.records.push(fate.record);
    }
  }
  return [...found.values()].map(({ records, ...seen }) => ({ ...seen, endings: endingsOf(records) }));
}

type FailureThere = {
  -readonly [Key in keyof Omit<ComparedEnds['failures'][number], 'endings'>]: ComparedEnds['failures'][number][Key];
} & {
  readonly records: ArrivedConnection[];
};

function nothingSeen(id: FailureThere['id']): FailureThere {
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

function endingsOf(records: readonly ArrivedConnection[]): RemoteEnding[] {
  return counted(records, ({ ending, closedBy }) => ({
    ...(ending === undefined ? {} : { ending }),
    ...(closedBy === undefined ? {} : { closedBy }),
  }));
}

/** A run has few of each; a hostile listener could make up as many as there are records. */
const KINDS_MAX = 20;

/** How many there are of each, commonest first. Nothing is counted for undefined. */
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
