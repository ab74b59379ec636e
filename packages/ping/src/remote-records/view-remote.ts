import type { Session } from '../session/session.js';
import { fetchRecords } from './fetch-records.js';
import { compareEnds } from './compare-ends.js';
import { type AttemptMatch, matchRecords } from './match-records.js';
import type { RemoteView, RemoteViewUnavailable } from '../report/remote-view.js';

/** The other end's view, and what became of each attempt, by its number; of those that are not there nothing is known. */
export interface RemoteViewResult {
  readonly otherEnd: RemoteView;
  readonly matches: ReadonlyMap<number, AttemptMatch>;
}

const notSeen = (why: RemoteViewUnavailable['why']): RemoteViewResult => ({
  otherEnd: { status: 'not-seen', why },
  matches: new Map(),
});

/**
 * The other end's view of a run that is over, where that end is tentacle-pong and the level allows calls; undefined
 * where it is something else, or was not to be called.
 */
export async function viewRemote(session: Session): Promise<RemoteViewResult | undefined> {
  const { records, ok } = session.tally;
  const attempts = records.all();
  const { level } = session.plan;
  if (level !== 'auto' && level !== 'echo') return undefined;
  // Nothing but pong has an echo.
  const isPong = session.peer?.kind === 'pong' || (level === 'echo' && ok > 0);
  if (!isPong) {
    if (session.peer !== undefined || attempts.every(({ failure }) => failure === undefined)) return undefined;
    if (session.page?.author === 'pong') return notSeen('refused');
    return session.page === undefined ? notSeen('unknown-peer') : undefined;
  }
  if (attempts.length === 0) return undefined;
  const asked = await fetchRecords(session, attempts);
  if (asked === undefined) return notSeen('not-reached');
  const { clock, records: theirRecords, sample, thumbprint, reached } = asked;
  const ownThumbprint = session.initialFacts.ownThumbprint ?? '';
  const us = {
    throughProxy: session.plan.way?.proxy !== undefined,
    thumbprints: thumbprint === null ? [ownThumbprint] : [ownThumbprint, thumbprint],
    sample,
  };
  // It was asked when all attempts had ended, so that nothing can come later.
  const complete = [{ fromMs: Date.parse(asked.completeFrom), toMs: Number.POSITIVE_INFINITY }];
  const theirs = { records: theirRecords, complete, withheld: asked.withheld };
  const fates = matchRecords(attempts, theirs, clock, us);
  const otherEnd = compareEnds({
    how: 'asked',
    pongVersion: asked.pongVersion,
    clock,
    footprint: us,
    ownThumbprint,
    attempts,
    unrecorded: records.dropped,
    matches: fates,
    remoteRecords: theirRecords,
    reached: reached === undefined ? [] : [reached],
    acceptedAtOnce: asked.acceptedAtOnce,
  });
  return { otherEnd, matches: fates };
}
