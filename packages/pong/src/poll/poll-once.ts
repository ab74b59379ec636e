import { randomUUID } from 'node:crypto';
import {
  type ConnectionView,
  connectSecurely,
  Deadline,
  type ConnectionFacts,
  type Failure,
  failureOf,
  introduceAsConnector,
  nowUs,
  type PageAuthor,
  PollError,
  type RecordsAnswer,
  serveRequests,
  type Sighting,
  sight,
  type SocketChannel,
  type StageTime,
  ConnectionTrace,
} from 'tentacle-protocol';
import { LIMITS } from '../limits.js';
import { answerCall, countedAs } from '../services.js';
import type { Company } from './company.js';
import { connectorPlanOf, factsAtStart, type PollRun } from './run.js';

/**
 * A server says each 30 s that it has no work. Four times that in silence is a dead connection; the real Tentacle
 * waits for 10 minutes, and hides until then that nothing can reach it.
 */
const SILENCE_MS = 120_000;

/** How long the goodbye may take before the connection is cut. */
const GOODBYE_MS = 1000;

/** One connection of a polling Tentacle, from the name to its end. Plain JSON. */
export interface Polled {
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  /** `stopped`: by the end of the run, while it was in order or being made. */
  readonly outcome: 'stopped' | Failure['id'];
  /** Stages that were passed. */
  readonly stages: readonly StageTime[];
  /** The server took our identity. */
  readonly wasTaken: boolean;
  /** How long it polled, from the identities on. */
  readonly polledUs: number;
  /** Calls that were answered, by `service.method`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Null messages: the server had no work, and the connection lives. */
  readonly keepAlives: number;
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly failure?: Failure;
}

/** What else was seen, for the words. */
export interface Seen {
  readonly facts: ConnectionFacts;
  readonly sighting?: Sighting;
}

/** What a connection tells while it lasts. */
export interface Watcher {
  /** TLS is made: what listens there can be asked. */
  readonly onTls: () => Promise<PageAuthor | undefined>;
  readonly onTaken: () => void;
  readonly onLeft: () => void;
  /** The connections of the run. */
  readonly company: Company;
}

/** The path of a polling Tentacle: connect, say who polls, and answer what comes until it ends. It never throws. */
export async function pollOnce(run: PollRun, watcher: Watcher, silenceMs = SILENCE_MS): Promise<Polled & Seen> {
  const { plan, subscription, stop, tally } = run;
  const trace = new ConnectionTrace(factsAtStart(run));
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedAt = new Date().toISOString();
  const calls: Record<string, number> = {};
  let keepAlives = 0;
  let messages = 0;
  let takenUs: number | undefined;
  let endedUs: number | undefined;
  const member = watcher.company.begins();
  let channel: SocketChannel | undefined;
  let wrong: PollError | undefined;
  const leave = (): void => {
    if (channel !== undefined) void sayGoodbye(channel);
  };

  const ended = (outcome: Polled['outcome']): Polled & Seen => {
    const { address, localAddress, localPort } = trace.facts;
    return {
      startedAt,
      outcome,
      stages: trace.completedStages,
      wasTaken: takenUs !== undefined,
      polledUs: takenUs === undefined ? 0 : (endedUs ?? nowUs()) - takenUs,
      calls,
      keepAlives,
      ...(address === undefined ? {} : { address }),
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
      facts: trace.facts,
    };
  };
  const came = (): void => {
    messages++;
    trace.record({ callsBefore: messages });
    // What is timed is the wait for the next one.
    trace.enterStage('rpc');
  };

  try {
    channel = await connectSecurely(connectorPlanOf(run), true, trace, deadline, stop);
    stop.addEventListener('abort', leave, { once: true });
    await introduceAsConnector(channel, { role: 'MX-SUBSCRIBER', subscription }, trace, deadline);
    takenUs = nowUs();
    member.taken();
    watcher.onTaken();
    trace.enterStage('rpc');
    const view = () => viewOf(run, trace.facts);
    // Asked for while it polls: the first word from the server may take 30 s.
    const role = watcher.onTls().then((author) => {
      if (author !== undefined) trace.record({ peerKind: author });
      if (author === 'tentacle' || author === 'pong') {
        wrong = new PollError('WRONG_ROLE');
        channel?.cancel();
      }
    });
    const limits = { ...LIMITS, idleMs: silenceMs };
    const end = await serveRequests(
      channel,
      'polling',
      limits,
      async (call) => {
        const startedUs = nowUs();
        const context = {
          view,
          answerRecords: () => noRecords(run.version),
          attest: () => 'polls' as const,
          stopKeepAlive: () => void channel?.tcp.setKeepAlive(false),
        };
        const reply = await answerCall(call, context);
        const name = countedAs(call);
        calls[name] = (calls[name] ?? 0) + 1;
        tally.answered(name, nowUs() - startedUs);
        came();
        return reply;
      },
      () => {
        keepAlives++;
        run.log.debug({ keepAlives }, 'no work');
        tally.keptAlive(trace.elapsedInStageUs);
        came();
      },
    );
    // What ended may have been a Tentacle, which the page tells.
    await role;
    throw new PollError(end === 'ended' ? 'POLL_ENDED' : 'POLL_CLOSED');
  } catch (error) {
    if (stop.aborted) {
      member.left();
      return ended('stopped');
    }
    // Its times are of before what is asked now.
    endedUs = nowUs();
    const { symptom } = sight(wrong ?? error, trace);
    member.left();
    const others = await watcher.company.taken();
    if (others > 0) trace.record({ otherConnections: others });
    if (takenUs === undefined && trace.facts.tlsVersion !== undefined) {
      const author = await watcher.onTls();
      if (author !== undefined) trace.record({ peerKind: author });
    }
    const sighting: Sighting = { symptom, facts: trace.facts };
    const failure = failureOf(sighting);
    return { ...ended(failure.id), failure, sighting };
  } finally {
    stop.removeEventListener('abort', leave);
    if (takenUs !== undefined) watcher.onLeft();
    channel?.close();
  }
}

/** The server is told that we go, as by the real Tentacle. */
async function sayGoodbye(channel: SocketChannel): Promise<void> {
  await channel.write(Buffer.from('END\r\n'), Deadline.inMs(GOODBYE_MS)).catch(() => undefined);
  channel.close();
}

/** What the server may be told of the connection, as it is seen from here. */
function viewOf({ version }: PollRun, facts: ConnectionFacts): ConnectionView {
  const { address = '', port, tlsVersion = '', cipher = '', peerCertificate } = facts;
  const clientThumbprint = peerCertificate?.thumbprint ?? null;
  return { connectionId: randomUUID(), address, port, tlsVersion, cipher, clientThumbprint, pongVersion: version };
}

/** Who polls accepts no connections, and so has no records of any. */
function noRecords(pongVersion: string): RecordsAnswer {
  const now = new Date().toISOString();
  return { pongVersion, now, completeFrom: now, acceptedAtOnce: 0, withheld: 0, records: [] };
}
