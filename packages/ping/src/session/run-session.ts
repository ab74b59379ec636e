import { setMaxListeners } from 'node:events';
import { type Identity, stopAfter } from 'tentacle-protocol';
import { runAttempt, type AttemptResult, closeGracefully } from './attempt.js';
import { Worker } from './worker.js';
import { EventLoopDelay } from './loop-delay.js';
import { buildReport } from '../report/build-report.js';
import type { Report } from '../report/report.js';
import { Tally } from '../report/tally.js';
import { viewRemote } from '../remote-records/view-remote.js';
import { fetchLandingPage, FAILURES_WORTH_A_PAGE_PROBE } from './page-probe.js';
import { createTlsContext } from './tls-context.js';
import { LEGACY_PONG } from './peer-probe.js';
import type { Plan } from '../plan.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { measureRoundTrip, type Exchange } from './exchange.js';
import { Session } from './session.js';
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
  work: Exchange = measureRoundTrip,
  secureContext = createTlsContext(plan, identity),
): Promise<Report> {
  const run = new Session(plan, secureContext, identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  // Every attempt that is under way listens to it.
  setMaxListeners(0, signal);
  const schedule = new Schedule(plan, signal);
  const lanes = Array.from({ length: plan.concurrency }, () => new Worker());
  const busy = plan.concurrency > 1 ? new EventLoopDelay() : undefined;
  let hasLooked = false;

  const drive = async (lane: Worker): Promise<void> => {
    for (let due = await schedule.next(); due !== undefined; due = await schedule.next()) {
      let attempted = await runAttempt(run, lane, due, work, signal);
      // What closes on our identity may still say what it is: a page is shown to everybody. Once a run is enough.
      if (FAILURES_WORTH_A_PAGE_PROBE.includes(attempted.record.outcome) && !hasLooked) {
        hasLooked = true;
        run.page = await fetchLandingPage(plan, signal);
      }
      if (hasMetOriginalPong(run, attempted, work)) {
        run.peer = LEGACY_PONG;
        const askedUs = attempted.record.totalUs;
        attempted = await runAttempt(run, lane, due, work, signal);
        attempted = { ...attempted, record: { ...attempted.record, askedUs } };
      }
      const { record, sighting } = attempted;
      tally.add(record, sighting);
      if (record.number > 0) onAttempt(record);
    }
    const kept = lane.takeConnection();
    if (kept !== undefined) await closeGracefully(kept);
  };

  await Promise.all(lanes.map(drive));
  const endedAt = new Date().toISOString();
  const busyP99Us = busy?.endP99Us();
  const { notStarted: unstarted } = schedule;
  const seen = await viewRemote(run, tally, signal);
  const reconnects = lanes.reduce((sum, lane) => sum + lane.reconnects, 0);
  return buildReport(version, run, tally, {
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
function hasMetOriginalPong({ plan, peer, page }: Session, { record }: AttemptResult, work: Exchange): boolean {
  const isOpen = peer === undefined || peer === LEGACY_PONG;
  if (!isOpen || work !== measureRoundTrip || plan.level !== 'auto' || record.failure?.shownAt !== 'identity')
    return false;
  return record.outcome === 'identity.original-pong' || page?.author === 'original-pong';
}
