import { setMaxListeners } from 'node:events';
import { call, Deadline, ConnectionTrace } from 'tentacle-protocol';
import {
  classify,
  type ConnectionRecord,
  describeConnection,
  type FailureId,
  type ListenerHealth,
  observe,
  records,
  type RecordsPage,
  type RecordsQuery,
} from 'tentacle-protocol/diagnostics';
import { closeGracefully } from '../session/attempt.js';
import { withCancellation, type Connection, openConnection } from '../session/connection.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { SessionContext } from '../session/session-context.js';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type ClockReading, enclosingSpan, estimateClockDifference, remoteSpan } from './clock.js';
import { fetchPages } from './fetch-pages.js';
import { type ListenerRun, spanOf } from './listener-state.js';
import type { ClockDifference, FetchCutShort } from '../report/remote-view.js';
import type { AddressSample } from './address-translation.js';

/** What pong returned. */
export interface FetchedRecords {
  readonly pongVersion: string;
  readonly clock: ClockDifference;
  readonly records: readonly ConnectionRecord[];
  readonly completeFrom: string;
  /** Why later records were not fetched; absent: all were. */
  readonly cutShort?: FetchCutShort;
  readonly withheld: number;
  readonly largestAcceptBatch: number;
  /** What it reports of its listener, up to now; absent: it is older than that. */
  readonly listener?: ListenerRun;
  /** The connection that fetched the records, from both sides. */
  readonly sample: AddressSample;
  /** The client certificate that arrived there. */
  readonly thumbprint: string | null;
  /** The address at which it was reached; with a proxy, the proxy's. */
  readonly reached?: string;
}

/** For everything, after a run that was not stopped: a few tries on a path that loses packets. */
const PATIENCE_MS = 10_000;

/** For everything, after the user stopped the run. */
const STOPPED_PATIENCE_MS = 1500;

/** For one connection: four round trips over a satellite link. */
const TRY_MS = 3000;
const TRIES = 3;

/** The fastest of this many responses determines the clock difference. */
const CLOCK_READINGS = 3;

/** Why there are no records. */
export interface UnfetchedRecords {
  readonly why: 'not-reached' | 'not-listening' | 'failed';
  readonly failure?: FailureId;
}

/**
 * Fetches pong's records of the attempts, on a connection of its own, or returns why that failed or took too long.
 * Nothing of it counts in the measurement. Once the session is stopped, little time is left.
 */
export async function fetchRecords(
  session: SessionContext,
  attempts: readonly AttemptRecord[],
): Promise<FetchedRecords | UnfetchedRecords> {
  const { signal: stop } = session;
  const timeLimit = new AbortController();
  setMaxListeners(0, timeLimit.signal);
  const end = (): void => timeLimit.abort();
  const timers = [setTimeout(end, PATIENCE_MS)];
  const hurry = (): void => void timers.push(setTimeout(end, STOPPED_PATIENCE_MS));
  if (stop.aborted) hurry();
  stop.addEventListener('abort', hurry, { once: true });
  try {
    const isOver = (): boolean => timeLimit.signal.aborted;
    let unfetched: UnfetchedRecords = { why: 'not-reached' };
    for (let tries = 0; tries < TRIES && !isOver(); tries++) {
      const trace = new ConnectionTrace(session.initialFacts);
      try {
        return await fetchOnce(session, attempts, trace, timeLimit.signal);
      } catch (error) {
        if (!isOver()) unfetched = reasonOf(error, trace);
      }
    }
    return unfetched;
  } finally {
    stop.removeEventListener('abort', hurry);
    timers.forEach(clearTimeout);
  }
}

/** A timeout is a matter of time; anything else is a failure of its own. */
function reasonOf(error: unknown, trace: ConnectionTrace): UnfetchedRecords {
  const observation = observe(error, trace);
  const failure = classify(observation).id;
  if (observation.signature.code.endsWith('TIMEOUT')) return { why: 'not-reached', failure };
  return { why: failure === 'tcp.refused' ? 'not-listening' : 'failed', failure };
}

async function fetchOnce(
  session: SessionContext,
  attempts: readonly AttemptRecord[],
  trace: ConnectionTrace,
  signal: AbortSignal,
): Promise<FetchedRecords> {
  const { options, secureContext } = session;
  const connectBy = Deadline.inUs(Math.min(TRY_MS * 1000, options.timeoutUs));
  const connection = await openConnection(options, {
    secureContext,
    captureFirstBytes: false,
    trace,
    deadline: connectBy,
    signal,
  });
  try {
    const isStopped = (): boolean => session.signal.aborted;
    const fetched = await withCancellation(connection.channel, signal, () =>
      fetchOver(connection, attempts, isStopped, signal),
    );
    await closeGracefully(connection);
    return fetched;
  } catch (error) {
    connection.channel.close();
    throw error;
  }
}

async function fetchOver(
  connection: Connection,
  attempts: readonly AttemptRecord[],
  isStopped: () => boolean,
  signal: AbortSignal,
): Promise<FetchedRecords> {
  const { exchange, endpoint, facts } = connection;
  const deadline = Deadline.inMs(PATIENCE_MS);
  const { result: view } = await call(exchange, describeConnection, null, endpoint, deadline);
  connection.calls++;
  const page = async (question: RecordsQuery): Promise<RecordsPage> => {
    await exchange.takeTurn(deadline);
    return (await call(exchange, records, question, endpoint, deadline)).result;
  };

  const readings: ClockReading[] = [];
  let clock: ClockDifference | undefined;
  const never = new Date(0).toISOString();
  for (let i = 0; i < CLOCK_READINGS; i++) {
    await exchange.takeTurn(deadline);
    const sentMs = Date.now();
    const { result } = await call(exchange, records, { from: never, to: never, after: 0, max: 0 }, endpoint, deadline);
    readings.push({ sentMs, receivedMs: Date.now(), theirs: result.now });
    clock = estimateClockDifference(readings);
  }
  if (clock === undefined) throw new RangeError('no reading of the clock');

  // Until now: a listener whose process did not run accepts connections long after their attempts.
  const first = enclosingSpan(attempts.map((attempt) => remoteSpan(attempt, clock)));
  const from = new Date(first.fromMs).toISOString();
  const span = { from, to: new Date(Date.now() + (clock.differenceUs + clock.uncertaintyUs) / 1000).toISOString() };
  const { answer, fetched, cutShort } = await fetchPages(page, span, { isStopped, signal });
  const { localAddress, localPort } = facts;
  return {
    clock,
    records: fetched,
    ...omitUndefined({ cutShort }),
    pongVersion: answer.pongVersion,
    completeFrom: answer.completeFrom,
    withheld: answer.withheld,
    largestAcceptBatch: answer.largestAcceptBatch,
    ...omitUndefined({ listener: answer.listener && runUntilNow(answer.listener) }),
    sample: {
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
      address: view.address,
      port: view.port,
    },
    thumbprint: view.clientThumbprint,
    ...(facts.address === undefined ? {} : { reached: facts.address }),
  };
}

/** It still listens, so that nothing was left in its queue, and nothing of the attempts can arrive later. */
function runUntilNow(health: ListenerHealth): ListenerRun {
  const span = { fromMs: spanOf(health).fromMs, toMs: Number.POSITIVE_INFINITY };
  return { health: { ...health, leftInQueue: 0 }, span };
}
