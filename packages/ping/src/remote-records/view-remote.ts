import type { Tally } from '../report/tally.js';
import type { Run } from '../session/session.js';
import { askPong } from './fetch-records.js';
import { compareEnds } from './compare-ends.js';
import { type Fate, join } from './match-records.js';
import type { OtherEnd, UnseenEnd } from '../report/remote-view.js';

/** The other end's view, and what became of each attempt, by its number; of those that are not there nothing is known. */
export interface SeenEnd {
  readonly otherEnd: OtherEnd;
  readonly fates: ReadonlyMap<number, Fate>;
}

const notSeen = (why: UnseenEnd['why']): SeenEnd => ({ otherEnd: { status: 'not-seen', why }, fates: new Map() });

/**
 * The other end's view of a run that is over, where that end is tentacle-pong and the level allows calls; undefined
 * where it is something else, or was not to be called.
 */
export async function seeOtherEnd(run: Run, { records, ok }: Tally, stop: AbortSignal): Promise<SeenEnd | undefined> {
  const attempts = records.all();
  const { level } = run.plan;
  if (level !== 'auto' && level !== 'echo') return undefined;
  // Nothing but pong has an echo.
  const isPong = run.peer?.kind === 'pong' || (level === 'echo' && ok > 0);
  if (!isPong) {
    if (run.peer !== undefined || attempts.every(({ failure }) => failure === undefined)) return undefined;
    if (run.page?.author === 'pong') return notSeen('refused');
    return run.page === undefined ? notSeen('unknown-peer') : undefined;
  }
  if (attempts.length === 0) return undefined;
  const asked = await askPong(run, attempts, stop);
  if (asked === undefined) return notSeen('not-reached');
  const { clock, records: theirRecords, sample, thumbprint, reached } = asked;
  const ownThumbprint = run.factsAtStart.ownThumbprint ?? '';
  const us = {
    throughProxy: run.plan.way?.proxy !== undefined,
    thumbprints: thumbprint === null ? [ownThumbprint] : [ownThumbprint, thumbprint],
    sample,
  };
  // It was asked when all attempts had ended, so that nothing can come later.
  const complete = [{ fromMs: Date.parse(asked.completeFrom), toMs: Number.POSITIVE_INFINITY }];
  const theirs = { records: theirRecords, complete, withheld: asked.withheld };
  const fates = join(attempts, theirs, clock, us);
  const otherEnd = compareEnds({
    how: 'asked',
    pongVersion: asked.pongVersion,
    clock,
    us,
    ownThumbprint,
    attempts,
    unrecorded: records.dropped,
    fates,
    theirs: theirRecords,
    reached: reached === undefined ? [] : [reached],
    acceptedAtOnce: asked.acceptedAtOnce,
  });
  return { otherEnd, fates };
}
