import { Deadline, failureOf, nowUs, type Sighting, sight, TransportError, Trail } from 'tentacle-protocol';
import { cancellable, type Connection, openConnection } from './connection.js';
import type { Lane } from './worker.js';
import { ORIGINAL_PONG } from './peer-probe.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { Aside, Work } from './exchange.js';
import type { Run } from './session.js';
import type { Due } from './schedule.js';

/** How an attempt ended: its record and, when it failed, what was seen (from which the words are made). */
export interface Attempted {
  readonly record: AttemptRecord;
  readonly sighting?: Sighting;
}

/**
 * One attempt: a connection, new or the lane's, and the work on it. It never throws; whatever happens is in the record,
 * our own bugs included.
 */
export async function attempt(run: Run, lane: Lane, due: Due, work: Work, signal: AbortSignal): Promise<Attempted> {
  const { plan } = run;
  const kept = lane.takeKept();
  const callsBefore = kept?.calls;
  const trail = new Trail(kept?.facts ?? run.factsAtStart);
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedAt = new Date().toISOString();
  const aside: Aside = { turnUs: 0, askedUs: 0, transfers: [] };
  let connection = kept;

  const ended = (outcome: AttemptRecord['outcome']): AttemptRecord => {
    const { address, localAddress, localPort, tlsVersion, cipher } = trail.facts;
    const activityId = connection?.endpoint.activityId;
    const totalUs = nowUs() - trail.startedUs - aside.askedUs;
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
      stages: trail.passed,
      totalUs,
      ...(due.dueUs === undefined ? {} : { fromDueUs: totalUs + Math.max(0, trail.startedUs - due.dueUs) }),
      ...(due.isLate ? { isLate: true } : {}),
      ...(aside.turnUs === 0 ? {} : { turnUs: aside.turnUs }),
      ...(aside.askedUs === 0 ? {} : { askedUs: aside.askedUs }),
      ...(aside.transfers.length === 0 ? {} : { transfers: aside.transfers }),
    };
  };

  try {
    if (connection === undefined) {
      lane.connecting();
      const introduces = plan.level !== 'tls' && run.peer !== ORIGINAL_PONG;
      const watch = run.watchNext();
      connection = await openConnection(plan, run.secureContext, watch, trail, deadline, signal, introduces);
    }
    run.saw(trail.facts);
    const open = connection;
    await cancellable(open.channel, signal, () => work(run, open, trail, deadline, aside));
    const record = ended('ok');
    if (plan.reuse && !open.isSpent) lane.keep(open);
    // Not beside the next attempt, whose times would hold it.
    else await leave(open);
    return { record };
  } catch (error) {
    connection?.channel.close();
    if (callsBefore !== undefined) trail.note({ callsBefore });
    // The facts of a failed attempt may be all there is to know of the peer.
    run.saw(trail.facts);
    if (signal.aborted || (error instanceof TransportError && error.code === 'CANCELLED'))
      return { record: ended('cancelled') };
    const sighting = sight(error, trail);
    const failure = failureOf(sighting);
    run.failed(trail.current);
    return { record: { ...ended(failure.id), failure }, sighting };
  }
}

/** Say END and close, without waiting for the other side. It never throws. */
export async function leave({ channel, exchange, calls }: Connection): Promise<void> {
  if (calls > 0) await exchange.end(Deadline.inMs(1000)).catch(() => undefined);
  channel.close();
}
