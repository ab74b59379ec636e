import {
  type ReadRequest,
  Deadline,
  type IdleFacts,
  nowUs,
  type SocketChannel,
  ConnectionTrace,
  WireError,
} from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { failureOf, type Observation, observe } from 'tentacle-protocol/diagnostics';
import { momentAfter } from '../../session/moment-after.js';
import { withCancellation, type Connection } from '../../session/connection.js';
import type { Peer } from '../../report/peer.js';
import type { IdleProbe } from '../../report/idle-report.js';
import type { ProbeOutcome } from './probe-points.js';

/** How to leave a connection idle and use it again. */
export interface ProbeRequest {
  /** The number of the attempt that opened it. */
  readonly number: number;
  readonly spanUs: number;
  /** Absent: without keep-alive. */
  readonly keepAliveUs?: number;
  /** The other end has switched off its own keep-alive. */
  readonly peerKeepAliveOff?: true;
  /** For the call after the idle time. */
  readonly timeoutUs: number;
  readonly peer?: Pick<Peer, 'kind' | 'peerView'>;
  /** The round trip after the idle time. */
  readonly use: (deadline: Deadline) => Promise<void>;
  /** Drops the connection at once. */
  readonly signal: AbortSignal;
}

/** One connection that was left idle: for the report, for the search, and for the texts. */
export interface ProbedConnection {
  readonly probe: IdleProbe;
  /** Absent where it says nothing about idleness. */
  readonly outcome?: ProbeOutcome;
  readonly observation?: Observation;
}

/**
 * Leaves a connection that has carried a call idle, then uses it again. It never throws; the connection is left to the
 * caller, working or not.
 */
export async function probeIdleConnection(connection: Connection, request: ProbeRequest): Promise<ProbedConnection> {
  const { number, spanUs, keepAliveUs, peerKeepAliveOff, timeoutUs, peer, use, signal } = request;
  const { channel } = connection;
  channel.tcp.setKeepAlive(keepAliveUs !== undefined, (keepAliveUs ?? 0) / 1000);
  const before = { rawBytes: channel.tcp.bytesRead, bytes: channel.source.receivedBytes };
  const trace = new ConnectionTrace({
    ...connection.facts,
    callsBefore: connection.calls,
    ...omitUndefined({ peerKind: peer?.kind }),
  });
  const limitMs = peer?.peerView?.idleLimitMs;
  const peerLimitUs = limitMs === undefined ? undefined : limitMs * 1000;
  trace.enterStage('idle');
  const startedAt = new Date().toISOString();
  const startedUs = nowUs();
  let usedUs: number | undefined;

  const keepAlive = omitUndefined({ keepAliveUs, peerKeepAliveOff });
  const base = { number, spanUs, startedAt, ...keepAlive };
  const times = () => {
    const now = nowUs();
    return omitUndefined({
      idleUs: (usedUs ?? now) - startedUs,
      checkUs: usedUs === undefined ? undefined : now - usedUs,
    });
  };
  try {
    await quiet(channel, Deadline.inUs(spanUs), signal);
    usedUs = nowUs();
    await withCancellation(channel, signal, () => use(Deadline.inUs(timeoutUs)));
    const { idleUs, checkUs } = times();
    return {
      probe: { ...base, outcome: 'ok', idleUs, ...omitUndefined({ checkUs }) },
      outcome: { kind: 'alive', idleUs },
    };
  } catch (error) {
    const { idleUs, checkUs } = times();
    if (signal.aborted) return { probe: { ...base, outcome: 'cut', idleUs } };
    // Raw bytes arrived that carry no data: the end of TLS.
    const goodbye = channel.tcp.bytesRead > before.rawBytes && channel.source.receivedBytes === before.bytes;
    const idle: IdleFacts = { spanUs, idleUs, ...keepAlive, ...omitUndefined({ checkUs, peerLimitUs }) };
    trace.record({ idle: isEnd(error) && goodbye ? { ...idle, goodbye } : idle });
    const observation = observe(error, trace);
    const failure = failureOf(observation);
    // A wrong response, or a fault of this tool, says nothing about idleness.
    const isDead = failure.id.startsWith('idle.') && failure.id !== 'idle.other';
    const outcome = { kind: 'dead', idleUs, exact: isExact(error, idle) } as const;
    const failedAt = momentAfter(startedAt, nowUs() - startedUs);
    return {
      probe: { ...base, outcome: failure.id, failedAt, idleUs, ...omitUndefined({ checkUs }), failure },
      observation,
      ...(isDead && { outcome }),
    };
  }
}

/**
 * Waits until the deadline while nothing arrives.
 * @throws WireError END_OF_STREAM, or MALFORMED where something arrives; the connection's own error; any error at the signal.
 */
async function quiet({ source }: SocketChannel, deadline: Deadline, signal: AbortSignal): Promise<void> {
  const purpose = 'nothing, while it is idle';
  const aborted = new Promise<never>((_, reject) => {
    const drop = (): void => reject(new Error('dropped'));
    if (signal.aborted) drop();
    else signal.addEventListener('abort', drop, { once: true });
  });
  const wait = waitForBytes(source, { purpose, deadline });
  // The one that settles second is ignored.
  aborted.catch(() => undefined);
  wait.catch(() => undefined);
  const hasArrived = await Promise.race([wait, aborted]);
  if (hasArrived === undefined) return;
  if (!hasArrived) throw new WireError('END_OF_STREAM', purpose, 'the stream ended');
  const received = await source.readSome({ purpose, deadline: Deadline.inMs(1000) }, 1024);
  throw new WireError('MALFORMED', purpose, 'unexpected data', received);
}

/** True when something has arrived, false at the end of the stream, undefined at the deadline. */
async function waitForBytes(source: SocketChannel['source'], request: ReadRequest): Promise<boolean | undefined> {
  for (;;) {
    try {
      return await source.waitForBytes(request);
    } catch (error) {
      if (!(error instanceof WireError && error.code === 'READ_TIMEOUT')) throw error;
      // A timer may fire up to a millisecond early, as its clock ticks in milliseconds.
      if (request.deadline.hasPassed) return undefined;
    }
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof WireError && error.code === 'END_OF_STREAM';
}

/** Keep-alives follow at equal times; a reset within this time of one may be the answer to it. */
const ANSWER_US = 1_000_000;

/** Whether the connection ended at that very time. A connection that a keep-alive found dead may have ended before. */
function isExact(error: unknown, { idleUs, keepAliveUs, checkUs }: IdleFacts): boolean {
  if (checkUs !== undefined) return false;
  if (isEnd(error)) return true;
  if ((error as NodeJS.ErrnoException).code === 'ETIMEDOUT') return false;
  return keepAliveUs === undefined || idleUs < keepAliveUs || idleUs % keepAliveUs > ANSWER_US;
}
