import { Deadline, failureOf, nowUs, type Sighting, sight, TransportError, ConnectionTrace } from 'tentacle-protocol';
import { withCancellation, type Connection, openConnection } from './connection.js';
import type { Worker } from './worker.js';
import { LEGACY_PONG } from './peer-probe.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { Aside, Exchange } from './exchange.js';
import type { Session } from './session.js';
import type { ScheduledAttempt } from './schedule.js';

/** How an attempt ended: its record and, when it failed, what was seen (from which the words are made). */
export interface AttemptResult {
  readonly record: AttemptRecord;
  readonly sighting?: Sighting;
}

/**
 * One attempt: a connection, new or the lane's, and the work on it. It never throws; whatever happens is in the record,
 * our own bugs included.
 */
export async function runAttempt(
  run: Session,
  lane: Worker,
  due: ScheduledAttempt,
  work: Exchange,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { plan } = run;
  const kept = lane.takeConnection();
  const callsBefore = kept?.calls;
  const trace = new ConnectionTrace(kept?.facts ?? run.initialFacts);
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedAt = new Date().toISOString();
  const aside: Aside = { turnUs: 0, askedUs: 0, transfers: [] };
  let connection = kept;

  const ended = (outcome: AttemptRecord['outcome']): AttemptRecord => {
    const { address, localAddress, localPort, tlsVersion, cipher } = trace.facts;
    const activityId = connection?.endpoint.activityId;
    const totalUs = nowUs() - trace.startedUs - aside.askedUs;
    return {
      number: due.number,
      startedAt,
      outcome,
      ...(address === undefined ? {} : { address }),
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
      ...(activityId === undefined ? {} : { activityId }),
      ...(tlsVersion === undefined ? {} : { tlsVersion }),
      ...(cipher === undefined ? {} : { cipher }),
      reused: kept !== undefined,
      stages: trace.completedStages,
      totalUs,
      ...(due.scheduledAtUs === undefined
        ? {}
        : { fromDueUs: totalUs + Math.max(0, trace.startedUs - due.scheduledAtUs) }),
      ...(due.isLate ? { isLate: true } : {}),
      ...(aside.turnUs === 0 ? {} : { turnUs: aside.turnUs }),
      ...(aside.askedUs === 0 ? {} : { askedUs: aside.askedUs }),
      ...(aside.transfers.length === 0 ? {} : { transfers: aside.transfers }),
    };
  };

  try {
    if (connection === undefined) {
      lane.connectionOpening();
      const introduces = plan.level !== 'tls' && run.peer !== LEGACY_PONG;
      const watch = run.takeCaptureFirstBytes();
      connection = await openConnection(plan, run.secureContext, watch, trace, deadline, signal, introduces);
    }
    run.observe(trace.facts);
    const open = connection;
    await withCancellation(open.channel, signal, () => work(run, open, trace, deadline, aside));
    const record = ended('ok');
    if (plan.reuse && !open.isSpent) lane.keepConnection(open);
    // Not beside the next attempt, whose times would hold it.
    else await closeGracefully(open);
    return { record };
  } catch (error) {
    connection?.channel.close();
    if (callsBefore !== undefined) trace.record({ callsBefore });
    // The facts of a failed attempt may be all there is to know of the peer.
    run.observe(trace.facts);
    if (signal.aborted || (error instanceof TransportError && error.code === 'CANCELLED'))
      return { record: ended('cancelled') };
    const sighting = sight(error, trace);
    const failure = failureOf(sighting);
    run.recordFailureAt(trace.current);
    return { record: { ...ended(failure.id), failure }, sighting };
  }
}

/** Say END and close, without waiting for the other side. It never throws. */
export async function closeGracefully({ channel, exchange, calls }: Connection): Promise<void> {
  if (calls > 0) await exchange.end(Deadline.inMs(1000)).catch(() => undefined);
  channel.close();
}
