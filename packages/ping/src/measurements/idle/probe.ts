import {
  type Ask,
  Deadline,
  failureOf,
  type IdleFacts,
  nowUs,
  type Sighting,
  sight,
  type SocketChannel,
  ConnectionTrace,
  WireError,
} from 'tentacle-protocol';
import { withCancellation, type Connection } from '../../session/connection.js';
import type { Peer } from '../../session/peer-probe.js';
import type { IdleProbe } from '../../report/idle-report.js';
import type { ProbeOutcome } from './probe-points.js';

/** How a connection is to be left idle. */
export interface ProbeRequest {
  /** That of the attempt that made it. */
  readonly number: number;
  readonly spanUs: number;
  /** Absent: without. */
  readonly keepAliveUs?: number;
  /** The other end has switched its own off. */
  readonly peerQuiet?: true;
  /** For the call after it. */
  readonly timeoutUs: number;
}

/** What became of it: for the report, for the ladder (nothing where it was cut), and for the words. */
export interface ProbeResult {
  readonly probe: IdleProbe;
  readonly outcome?: ProbeOutcome;
  readonly sighting?: Sighting;
}

/**
 * Leave a connection that has carried a call idle, then use it again. It never throws; the connection is left to the
 * caller, dead or alive.
 * @param use the round trip after the idleness.
 * @param signal gives up, at once.
 */
export async function probeIdleConnection(
  connection: Connection,
  { number, spanUs, keepAliveUs, peerQuiet, timeoutUs }: ProbeRequest,
  peer: Pick<Peer, 'kind' | 'seesUs'> | undefined,
  use: (deadline: Deadline) => Promise<void>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { channel } = connection;
  channel.tcp.setKeepAlive(keepAliveUs !== undefined, (keepAliveUs ?? 0) / 1000);
  const before = { rawBytes: channel.tcp.bytesRead, bytes: channel.source.receivedBytes };
  const trace = new ConnectionTrace({
    ...connection.facts,
    callsBefore: connection.calls,
    ...(peer && { peerKind: peer.kind }),
  });
  const limitMs = peer?.seesUs?.idleLimitMs;
  trace.enterStage('idle');
  const startedAt = new Date().toISOString();
  const startedUs = nowUs();
  let usedUs: number | undefined;

  const keeping = {
    ...(keepAliveUs === undefined ? {} : { keepAliveUs }),
    ...(peerQuiet === undefined ? {} : { peerQuiet }),
  };
  const base = { number, spanUs, startedAt, ...keeping };
  const times = () => {
    const now = nowUs();
    return { idleUs: (usedUs ?? now) - startedUs, ...(usedUs === undefined ? {} : { checkUs: now - usedUs }) };
  };
  try {
    await quiet(channel, Deadline.inUs(spanUs), signal);
    usedUs = nowUs();
    await withCancellation(channel, signal, () => use(Deadline.inUs(timeoutUs)));
    const { idleUs, checkUs } = times();
    return {
      probe: { ...base, outcome: 'ok', idleUs, ...(checkUs && { checkUs }) },
      outcome: { kind: 'alive', idleUs },
    };
  } catch (error) {
    const { idleUs, checkUs } = times();
    if (signal.aborted) return { probe: { ...base, outcome: 'cut', idleUs } };
    const check = checkUs === undefined ? {} : { checkUs };
    const limit = limitMs === undefined ? {} : { peerLimitUs: limitMs * 1000 };
    // What came that is nothing inside TLS.
    const goodbye = channel.tcp.bytesRead > before.rawBytes && channel.source.receivedBytes === before.bytes;
    const idle: IdleFacts = { spanUs, idleUs, ...keeping, ...check, ...limit };
    trace.record({ idle: isEnd(error) && goodbye ? { ...idle, goodbye } : idle });
    const sighting = sight(error, trace);
    const failure = failureOf(sighting);
    // An answer that is not the wanted one, or a fault of ours, says nothing about idleness.
    const isDead = failure.id.startsWith('idle.') && failure.id !== 'idle.other';
    const seen = { kind: 'dead', idleUs, exact: isExact(error, idle) } as const;
    return {
      probe: { ...base, outcome: failure.id, idleUs, ...check, failure },
      sighting,
      ...(isDead && { outcome: seen }),
    };
  }
}

/**
 * Nothing comes for as long as that.
 * @throws WireError END_OF_STREAM, or GARBLED where something comes; the connection's own error; anything at the signal.
 */
async function quiet({ source }: SocketChannel, deadline: Deadline, signal: AbortSignal): Promise<void> {
  const awaiting = 'nothing, while it is idle';
  const aborted = new Promise<never>((_, reject) => {
    const give = (): void => reject(new Error('given up'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  const wait = waitForBytes(source, { awaiting, deadline });
  // The one that comes second is nobody's business.
  aborted.catch(() => undefined);
  wait.catch(() => undefined);
  const hasCome = await Promise.race([wait, aborted]);
  if (hasCome === undefined) return;
  if (!hasCome) throw new WireError('END_OF_STREAM', awaiting, 'the stream ended');
  const received = await source.readSome({ awaiting, deadline: Deadline.inMs(1000) }, 1024);
  throw new WireError('GARBLED', awaiting, 'something came', received);
}

/** True when something has come, false at the end of the stream, undefined at the deadline. */
async function waitForBytes(source: SocketChannel['source'], ask: Ask): Promise<boolean | undefined> {
  for (;;) {
    try {
      return await source.waitForBytes(ask);
    } catch (error) {
      if (!(error instanceof WireError && error.code === 'READ_TIMEOUT')) throw error;
      // A timer may fire up to a millisecond early, as its clock ticks in milliseconds.
      if (ask.deadline.hasPassed) return undefined;
    }
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof WireError && error.code === 'END_OF_STREAM';
}

/** Probes follow the first one; a reset within this time of a keep-alive may be the answer to it. */
const ANSWER_US = 1_000_000;

/** Whether the connection ended just then. What a keep-alive found may have been dead before. */
function isExact(error: unknown, { idleUs, keepAliveUs, checkUs }: IdleFacts): boolean {
  if (checkUs !== undefined) return false;
  if (isEnd(error)) return true;
  if ((error as NodeJS.ErrnoException).code === 'ETIMEDOUT') return false;
  return keepAliveUs === undefined || idleUs < keepAliveUs || idleUs % keepAliveUs > ANSWER_US;
}
