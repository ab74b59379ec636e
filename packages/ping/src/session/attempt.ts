import { Deadline, nowUs, TransportError } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { classify, failureOf, type Observation, observe } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';
import { AttemptTrace } from './attempt-trace.js';
import { type Connection, openConnection, withCancellation } from './connection.js';
import { type Exchange, measureRoundTrip } from './exchange.js';
import { momentAfter } from './moment-after.js';
import { FAILURES_WORTH_A_PAGE_PROBE } from './page-probe.js';
import { LEGACY_PONG } from './peer-probe.js';
import type { ScheduledAttempt } from './schedule.js';
import type { SessionContext } from './session-context.js';
import type { Worker } from './worker.js';

/** What one attempt is to do. */
export interface AttemptRequest {
  readonly worker: Worker;
  readonly scheduled: ScheduledAttempt;
  /** Absent: a round trip. */
  readonly exchange?: Exchange;
  /** Cancels it. Absent: the session's signal. */
  readonly signal?: AbortSignal;
}

/** How an attempt ended: its record and, when it failed, what was observed (for the texts). */
export interface AttemptResult {
  readonly record: AttemptRecord;
  readonly observation?: Observation;
}

/**
 * One attempt. It never throws: whatever happens is in the record, bugs of this tool included. An attempt that only
 * finds out that the peer is the legacy TentaclePong is repeated as the legacy TentaclePong requires.
 */
export async function runAttempt(session: SessionContext, request: AttemptRequest): Promise<AttemptResult> {
  const result = await attemptOnce(session, request);
  if (!hasFoundLegacyPong(session, result)) return result;
  session.peer = LEGACY_PONG;
  const { record, ...rest } = await attemptOnce(session, request);
  return { ...rest, record: { ...record, peerProbeUs: result.record.totalUs } };
}

/** One connection, new or reused, and the exchange on it. */
async function attemptOnce(session: SessionContext, request: AttemptRequest): Promise<AttemptResult> {
  const { options } = session;
  const { worker, scheduled, exchange = measureRoundTrip, signal = session.signal } = request;
  const reused = worker.takeConnection();
  const callsBefore = reused?.calls;
  const trace = new AttemptTrace(reused?.facts ?? session.initialFacts);
  session.running.add(trace);
  const deadline = Deadline.inUs(options.timeoutUs);
  let connection = reused;
  const recordOf = (outcome: AttemptRecord['outcome']): AttemptRecord =>
    buildRecord({ scheduled, trace, outcome, connection, isReused: reused !== undefined });

  try {
    if (connection === undefined) {
      connection = await openConnection(options, {
        secureContext: session.secureContext,
        captureFirstBytes: session.takeCaptureFirstBytes(),
        introduces: options.level !== 'tls' && session.peer !== LEGACY_PONG,
        trace,
        deadline,
        signal,
      });
      worker.connectionOpened();
    }
    session.observe(trace.facts);
    const open = connection;
    await withCancellation(open.channel, signal, () => exchange(session, open, trace, deadline));
    const record = recordOf('ok');
    if (options.reuse && !open.isSpent) worker.keepConnection(open);
    else {
      // Before the next attempt and not beside it: its times would include this.
      worker.connectionClosing(open);
      await closeGracefully(open);
    }
    return { record };
  } catch (error) {
    const endedUs = nowUs();
    connection?.channel.close();
    if (callsBefore !== undefined) trace.record({ callsBefore });
    // The facts of a failed attempt may be all that is known about the peer.
    session.observe(trace.facts);
    const cancelled = recordOf('cancelled');
    if (signal.aborted || (error instanceof TransportError && error.code === 'CANCELLED')) return { record: cancelled };
    session.recordFailureAt(trace.currentStage);
    const observation = await withLandingPage(session, observe(error, trace));
    const failure = failureOf(observation);
    const record = {
      ...cancelled,
      outcome: failure.id,
      failedAt: momentAfter(trace.startedAt, endedUs - trace.startedUs),
      failure,
    };
    return { record, observation };
  } finally {
    session.running.delete(trace);
  }
}

/** Adds what the landing page shows about the peer, fetched on the first failure of which it may name the cause. */
async function withLandingPage(session: SessionContext, observation: Observation): Promise<Observation> {
  if (FAILURES_WORTH_A_PAGE_PROBE.includes(classify(observation).id)) await session.probePageOnce();
  const page = session.pageOf(observation.facts.peerCertificate?.thumbprint);
  if (page === undefined) return observation;
  const { arrivedThumbprint, isTrustedThere } = session;
  const shown = omitUndefined({ peerKind: page.author, arrivedThumbprint, isTrustedThere });
  return { ...observation, facts: { ...observation.facts, ...shown } };
}

/**
 * Whether the attempt found the legacy TentaclePong, which takes no identity. Its answer identifies it. On some systems
 * that answer is lost, because it closes on what is sent after its request; then its landing page identifies it. Only
 * round trips whose level is automatic are measured with it.
 */
function hasFoundLegacyPong({ options, peer, page }: SessionContext, { record }: AttemptResult): boolean {
  const isPossible = peer === undefined || peer === LEGACY_PONG;
  if (!isPossible || options.mode.kind !== 'round-trips' || options.level !== 'auto') return false;
  if (record.failure?.shownAt !== 'identity') return false;
  return record.outcome === 'identity.legacy-pong' || page?.author === 'legacy-pong';
}

function buildRecord(attempt: {
  readonly scheduled: ScheduledAttempt;
  readonly trace: AttemptTrace;
  readonly outcome: AttemptRecord['outcome'];
  readonly connection: Connection | undefined;
  readonly isReused: boolean;
}): AttemptRecord {
  const { scheduled, trace, outcome, connection, isReused } = attempt;
  const { number, scheduledAtUs, isLate } = scheduled;
  const { turnaroundUs, peerProbeUs, transfers } = trace;
  const { address, localAddress, localPort, tlsVersion, cipher } = trace.facts;
  const totalUs = nowUs() - trace.startedUs - peerProbeUs;
  const sinceScheduledUs =
    scheduledAtUs === undefined ? undefined : totalUs + Math.max(0, trace.startedUs - scheduledAtUs);
  const activityId = connection?.endpoint.activityId;
  // Assigned one by one, in the order in which they are printed: a loop over the names of optional properties leaves an
  // object in which V8 finds them slowly, which took 6 us of a round trip.
  const record: Partial<Writable<AttemptRecord>> = { number, startedAt: trace.startedAt, outcome };
  if (address !== undefined) record.address = address;
  if (localAddress !== undefined) record.localAddress = localAddress;
  if (localPort !== undefined) record.localPort = localPort;
  if (activityId !== undefined) record.activityId = activityId;
  if (tlsVersion !== undefined) record.tlsVersion = tlsVersion;
  if (cipher !== undefined) record.cipher = cipher;
  record.reused = isReused;
  record.stages = trace.completedStages;
  record.totalUs = totalUs;
  if (sinceScheduledUs !== undefined) record.sinceScheduledUs = sinceScheduledUs;
  if (isLate) record.isLate = true;
  if (turnaroundUs > 0) record.turnaroundUs = turnaroundUs;
  if (peerProbeUs > 0) record.peerProbeUs = peerProbeUs;
  if (transfers.length > 0) record.transfers = transfers;
  return record as AttemptRecord;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Sends END and closes, without waiting for the other side. It never throws. */
export async function closeGracefully({ channel, exchange, calls }: Connection): Promise<void> {
  if (calls > 0) await exchange.end(Deadline.inMs(1000)).catch(() => undefined);
  channel.close();
}
