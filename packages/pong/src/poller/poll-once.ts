import { randomUUID } from 'node:crypto';
import {
  CallError,
  openTlsConnection,
  Deadline,
  type ConnectionFacts,
  type IncomingCall,
  exchangeIdentityAsConnector,
  nowUs,
  type Reply,
  serveRequests,
  type SocketChannel,
  ConnectionTrace,
} from 'tentacle-protocol';
import {
  type ConnectionView,
  failureOf,
  type PageSource,
  type RecordsPage,
  type Observation,
  observe,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { LIMITS } from '../server/limits.js';
import { ConnectionTransfers } from '../server/connection-transfers.js';
import { answerCall, metricName } from '../server/services.js';
import { TransferLimits } from '../server/transfer-limits.js';
import { UNLIMITED_TRANSFERS } from '../options/transfer-limit-options.js';
import type { ConcurrentConnections } from './concurrent-connections.js';
import type { PollObservation, PollResult } from './poll-result.js';
import { connectOptions, initialFacts, type PollingContext } from './polling-context.js';

/**
 * A server without work sends a null message each 30 s. Four times that in silence is a dead connection; the real
 * Tentacle waits for 10 minutes, and hides until then that nothing can reach it.
 */
const SILENCE_MS = 120_000;

/** How long sending END may take before the connection is cut. */
const GOODBYE_MS = 1000;

/** Follows a connection while it lasts. */
export interface PollingObserver {
  /** TLS is established: returns what the page of the listener identifies it as. */
  readonly onTls: () => Promise<PageSource | undefined>;
  /** @param tookUs from the name to the identities. */
  readonly onAccepted: (accepted: { readonly address?: string; readonly tookUs: number }) => void;
  readonly onClosed: () => void;
  /** The connections of the run. */
  readonly connections: ConcurrentConnections;
}

/** Polls over one connection: connects, sends the identity, and answers calls until it ends. It never throws. */
export async function pollOnce(
  context: PollingContext,
  observer: PollingObserver,
  silenceMs = SILENCE_MS,
): Promise<PollResult & PollObservation> {
  const { plan, subscription, stop } = context;
  const trace = new ConnectionTrace(initialFacts(context));
  const deadline = Deadline.inUs(plan.timeoutUs);
  const progress = new Progress(context, trace);
  const handle = observer.connections.register();
  let channel: SocketChannel | undefined;
  let wrongRole: CallError | undefined;
  const leave = (): void => {
    if (channel !== undefined) void sendEnd(channel);
  };

  try {
    channel = await openTlsConnection({ ...connectOptions(context), captureFirstBytes: true }, trace, deadline, stop);
    stop.addEventListener('abort', leave, { once: true });
    await exchangeIdentityAsConnector(channel, { role: 'MX-SUBSCRIBER', subscription }, trace, deadline);
    progress.accepted();
    handle.accepted();
    const { address } = trace.facts;
    observer.onAccepted({ ...omitUndefined({ address }), tookUs: nowUs() - trace.startedUs });
    // Requested while it polls: the server's first message may take 30 s.
    const roleCheck = observer.onTls().then((author) => {
      if (author !== undefined) trace.record({ peerKind: author });
      if (author === 'tentacle' || author === 'pong') {
        wrongRole = new CallError('WRONG_ROLE');
        channel?.cancel();
      }
    });
    const limits = { ...LIMITS, idleMs: silenceMs };
    const answer = async (call: IncomingCall): Promise<Reply> => progress.answer(call, channel);
    const end = await serveRequests(channel, 'polling', limits, answer, () => progress.keepAlive());
    // The peer that ended it may be a Tentacle; its page identifies it.
    await roleCheck;
    throw new CallError(end === 'ended' ? 'POLL_ENDED' : 'POLL_CLOSED');
  } catch (error) {
    if (stop.aborted) {
      handle.closed();
      return progress.result('stopped');
    }
    // Recorded before the checks below, which take time of their own.
    progress.ended();
    const { signature } = observe(wrongRole ?? error, trace);
    handle.closed();
    const otherConnections = await observer.connections.countAccepted();
    if (otherConnections > 0) trace.record({ otherConnections });
    if (!progress.isAccepted && trace.facts.tlsVersion !== undefined) {
      const author = await observer.onTls();
      if (author !== undefined) trace.record({ peerKind: author });
    }
    const observation: Observation = { signature, facts: trace.facts };
    const failure = failureOf(observation);
    return { ...progress.result(failure.id), failure, observation };
  } finally {
    stop.removeEventListener('abort', leave);
    if (progress.isAccepted) observer.onClosed();
    channel?.close();
  }
}

/** What one connection has done until now. */
class Progress {
  readonly #context: PollingContext;
  readonly #trace: ConnectionTrace;
  /** A server that is polled is trusted with the time of this end: it was named on the command line. */
  readonly #transfers = new ConnectionTransfers(new TransferLimits(UNLIMITED_TRANSFERS), '', () => undefined);
  #keepAlives = 0;
  #messages = 0;
  #acceptedUs: number | undefined;
  #endedUs: number | undefined;
  #endedAt: string | undefined;

  constructor(context: PollingContext, trace: ConnectionTrace) {
    this.#context = context;
    this.#trace = trace;
  }

  get isAccepted(): boolean {
    return this.#acceptedUs !== undefined;
  }

  accepted(): void {
    this.#acceptedUs = nowUs();
    this.#trace.enterStage('rpc');
  }

  ended(): void {
    this.#endedUs = nowUs();
    this.#endedAt = new Date().toISOString();
  }

  async answer(call: IncomingCall, channel: SocketChannel | undefined): Promise<Reply> {
    const { version, tally } = this.#context;
    const startedUs = nowUs();
    this.#trace.callStarted();
    const reply = await answerCall(call, {
      view: () => describeConnection(version, this.#trace.facts),
      queryRecords: () => noRecords(version),
      attest: () => 'polls' as const,
      transfers: this.#transfers,
      stopKeepAlive: () => void channel?.tcp.setKeepAlive(false),
    });
    const name = metricName(call);
    this.#trace.callCompleted(name);
    tally.answered(name, nowUs() - startedUs);
    this.#messageReceived();
    return reply;
  }

  keepAlive(): void {
    this.#keepAlives++;
    this.#context.log.debug({ keepAlives: this.#keepAlives }, 'no work');
    this.#context.tally.keptAlive(this.#trace.elapsedInStageUs);
    this.#messageReceived();
  }

  result(outcome: PollResult['outcome']): PollResult & PollObservation {
    const { address, localAddress, localPort } = this.#trace.facts;
    return {
      startedAt: this.#trace.startedAt,
      endedAt: this.#endedAt ?? new Date().toISOString(),
      outcome,
      stages: this.#trace.completedStages,
      wasTaken: this.isAccepted,
      polledUs: this.#acceptedUs === undefined ? 0 : (this.#endedUs ?? nowUs()) - this.#acceptedUs,
      calls: this.#trace.calls,
      keepAlives: this.#keepAlives,
      ...omitUndefined({ address, localAddress, localPort }),
      facts: this.#trace.facts,
    };
  }

  #messageReceived(): void {
    this.#messages++;
    this.#trace.record({ callsBefore: this.#messages });
    // From now on the wait for the next message is timed.
    this.#trace.enterStage('rpc');
  }
}

/** Announces to the server that this end is leaving, as the real Tentacle does. */
async function sendEnd(channel: SocketChannel): Promise<void> {
  await channel.write(Buffer.from('END\r\n'), Deadline.inMs(GOODBYE_MS)).catch(() => undefined);
  channel.close();
}

/** Returns what the server may learn about the connection, as this end observes it. */
function describeConnection(pongVersion: string, facts: ConnectionFacts): ConnectionView {
  const { address = '', port, tlsVersion = '', cipher = '', peerCertificate } = facts;
  const clientThumbprint = peerCertificate?.thumbprint ?? null;
  return { connectionId: randomUUID(), address, port, tlsVersion, cipher, clientThumbprint, pongVersion };
}

/** A polling end accepts no connections, and so has no records of any. */
function noRecords(pongVersion: string): RecordsPage {
  const now = new Date().toISOString();
  return { pongVersion, now, completeFrom: now, largestAcceptBatch: 0, withheld: 0, records: [] };
}
