import type { AttemptRecord } from '../report/attempt-record.js';
import type { Session } from '../session/session.js';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type FetchedRecords, fetchRecords } from './fetch-records.js';
import { compareBothEnds, type Unrecorded } from './compare-ends.js';
import type { Span } from './clock.js';
import { failurePeriod, listenerStateIn, stallsOf } from './listener-state.js';
import { type AttemptMatch, matchRecords } from './match-records.js';
import type { RemoteView, RemoteViewUnavailable } from '../report/remote-view.js';

/** The other end's view, and the match of each attempt by its number; nothing is known of an attempt without one. */
export interface RemoteViewResult {
  readonly otherEnd: RemoteView;
  readonly matches: ReadonlyMap<number, AttemptMatch>;
}

/**
 * The other end's view of a run that is over, where the other end is tentacle-pong and the level allows calls; undefined
 * where it is something else, or was not to be called.
 */
export async function viewRemote(session: Session): Promise<RemoteViewResult | undefined> {
  const { options, peer, page, tally } = session;
  const attempts = tally.records.all();
  if (options.level !== 'auto' && options.level !== 'echo') return undefined;
  // Only pong has an echo.
  const isPong = peer?.kind === 'pong' || (options.level === 'echo' && tally.ok > 0);
  if (!isPong) {
    if (peer !== undefined || attempts.every(({ failure }) => failure === undefined)) return undefined;
    if (page?.author === 'pong') return unavailable('refused');
    return page === undefined ? unavailable('unknown-peer') : undefined;
  }
  if (attempts.length === 0) return undefined;
  const fetched = await fetchRecords(session, attempts);
  return 'why' in fetched ? unavailable(fetched.why, fetched.failure) : compare(session, attempts, fetched);
}

function unavailable(why: RemoteViewUnavailable['why'], failure?: RemoteViewUnavailable['failure']): RemoteViewResult {
  return { otherEnd: { status: 'not-seen', why, ...omitUndefined({ failure }) }, matches: new Map() };
}

function compare(session: Session, attempts: readonly AttemptRecord[], fetched: FetchedRecords): RemoteViewResult {
  const { clock, records, sample, thumbprint, reached, pongVersion, withheld, listener, largestAcceptBatch } = fetched;
  const ownThumbprint = session.initialFacts.ownThumbprint ?? '';
  const footprint = {
    throughProxy: session.options.proxyChoice?.proxy !== undefined,
    thumbprints: thumbprint === null ? [ownThumbprint] : [ownThumbprint, thumbprint],
    sample,
  };
  const runs = listener === undefined ? [] : [listener];
  const stalls = stallsOf(runs);
  const { cutShort } = fetched;
  const isCutShort = cutShort !== undefined;
  const remote = { records, complete: completePeriods(fetched), withheld, stalls, isCutShort };
  const matches = matchRecords({ attempts, remote, clock, footprint });
  const otherEnd = compareBothEnds({
    how: 'asked',
    pongVersion,
    clock,
    footprint,
    ownThumbprint,
    attempts,
    unrecorded: unrecordedOf(session, attempts),
    // An attempt succeeds with an answer of tentacle-pong: only it has an echo.
    isAnsweredByPong: true,
    matches,
    remoteRecords: records,
    reached: reached === undefined ? [] : [reached],
    stalls,
    largestAcceptBatch,
    ...omitUndefined({ cutShort, listener: listenerStateIn(runs, failurePeriod(attempts, clock)) }),
  });
  return { otherEnd, matches };
}

/** Of which time all records were fetched. */
function completePeriods({ completeFrom, cutShort }: FetchedRecords): Span[] {
  const fromMs = Date.parse(completeFrom);
  // The records were fetched when all attempts had ended, so that nothing can arrive later.
  if (cutShort === undefined) return [{ fromMs, toMs: Number.POSITIVE_INFINITY }];
  // An older tentacle-pong does not return them in the order of acceptance.
  if (cutShort.completeTo === undefined) return [];
  return [{ fromMs, toMs: Date.parse(cutShort.completeTo) - 1 }];
}

/** The attempts of which only the counts are left. */
function unrecordedOf({ tally }: Session, attempts: readonly AttemptRecord[]): Unrecorded {
  const ok = attempts.filter(({ outcome }) => outcome === 'ok');
  const okReused = ok.filter(({ reused }) => reused).length;
  const answeredReused = tally.okReused - okReused;
  const answered = tally.ok - ok.length - answeredReused;
  return { answered, answeredReused, others: tally.records.dropped - answered - answeredReused };
}
