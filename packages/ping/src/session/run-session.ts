import { setMaxListeners } from 'node:events';
import { type Identity, stopAfter } from 'tentacle-protocol';
import { attempt, type Attempted, leave } from './attempt.js';
import { Lane } from './worker.js';
import { LoopDelay } from './loop-delay.js';
import { makeReport } from '../report/build-report.js';
import type { Report } from '../report/report.js';
import { Tally } from '../report/tally.js';
import { seeOtherEnd } from '../remote-records/view-remote.js';
import { lookAtPage, PAGE_TELLS } from './page-probe.js';
import { ownContext } from './tls-context.js';
import { ORIGINAL_PONG } from './peer-probe.js';
import type { Plan } from '../plan.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { roundTrip, type Work } from './exchange.js';
import { Run } from './session.js';
import { Schedule } from './schedule.js';

/**
 * Measure until the plan is done or the signal comes; whatever happens, there is a report.
 * @param secureContext of that identity: making one costs as much as a handshake, so that many runs share it.
 */
export async function runAttempts(
  plan: Plan,
  identity: Identity,
  version: string,
  onAttempt: (record: AttemptRecord) => void,
  stop: AbortSignal,
  work: Work = roundTrip,
  secureContext = ownContext(plan, identity),
): Promise<Report> {
  const run = new Run(plan, secureContext, identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  // Every attempt that is under way listens to it.
  setMaxListeners(0, signal);
  const schedule = new Schedule(plan, signal);
  const lanes = Array.from({ length: plan.concurrency }, () => new Lane());
  const busy = plan.concurrency > 1 ? new LoopDelay() : undefined;
  let hasLooked = false;

  const drive = async (lane: Lane): Promise<void> => {
    for (let due = await schedule.next(); due !== undefined; due = await schedule.next()) {
      let attempted = await attempt(run, lane, due, work, signal);
      // What closes on our identity may still say what it is: a page is shown to everybody. Once a run is enough.
      if (PAGE_TELLS.includes(attempted.record.outcome) && !hasLooked) {
        hasLooked = true;
        run.page = await lookAtPage(plan, signal);
      }
      if (hasMetOriginalPong(run, attempted, work)) {
        run.peer = ORIGINAL_PONG;
        const askedUs = attempted.record.totalUs;
        attempted = await attempt(run, lane, due, work, signal);
        attempted = { ...attempted, record: { ...attempted.record, askedUs } };
      }
      const { record, sighting } = attempted;
      tally.add(record, sighting);
      if (record.number > 0) onAttempt(record);
    }
    const kept = lane.takeKept();
    if (kept !== undefined) await leave(kept);
  };

  await Promise.all(lanes.map(drive));
  const endedAt = new Date().toISOString();
  const busyP99Us = busy?.endP99Us();
  const { unstarted } = schedule;
  const seen = await seeOtherEnd(run, tally, signal);
  const reconnects = lanes.reduce((sum, lane) => sum + lane.reconnects, 0);
  return makeReport(version, run, tally, {
    startedAt,
    endedAt,
    reconnects,
    unstarted,
    ...(busyP99Us === undefined ? {} : { busyP99Us }),
    ...(seen === undefined ? {} : { otherEnd: seen.otherEnd }),
  });
}

/**
 * Whether the attempt found out that the original TentaclePong is there, which takes no identity. Its answer names it; on
 * some systems that is lost, because it closes on what is sent behind, and the page says it. Where the level is ours to
 * choose it is measured in its own way, and to find that out was no attempt.
 */
function hasMetOriginalPong({ plan, peer, page }: Run, { record }: Attempted, work: Work): boolean {
  const isOpen = peer === undefined || peer === ORIGINAL_PONG;
  if (!isOpen || work !== roundTrip || plan.level !== 'auto' || record.failure?.shownAt !== 'identity') return false;
  return record.outcome === 'identity.original-pong' || page?.author === 'original-pong';
}
