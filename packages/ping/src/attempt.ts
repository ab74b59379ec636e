import { randomBytes } from 'node:crypto';
import {
  CallError,
  call,
  Deadline,
  echo,
  failureOf,
  getCapabilities,
  nowUs,
  type Sighting,
  sight,
  TransportError,
  Trail,
} from 'tentacle-protocol';
import { cancellable, type Connection, openConnection } from './connection.js';
import { askPeer } from './peer.js';
import type { Level } from './plan.js';
import type { AttemptRecord } from './record.js';
import type { Run } from './run.js';

/** What ping(8) sends: small enough for one packet, large enough to carry something. */
const PAYLOAD_BYTES = 56;

/** How an attempt ended: its record and, when it failed, what was seen (from which the words are made). */
export interface Attempted {
  readonly record: AttemptRecord;
  readonly sighting?: Sighting;
}

/**
 * One attempt: a connection, new or kept, and one round trip on it. It never throws; whatever happens is in the
 * record, our own bugs included.
 */
export async function attempt(run: Run, number: number, signal: AbortSignal): Promise<Attempted> {
  const { plan } = run;
  const kept = run.takeKept();
  const trail = new Trail(kept === undefined ? run.factsAtStart : { ...kept.facts, callsBefore: kept.calls });
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedAt = new Date().toISOString();
  const aside = { turnUs: 0, askedUs: 0 };
  let connection = kept;

  const ended = (outcome: AttemptRecord['outcome']): AttemptRecord => {
    const { address, localPort } = trail.facts;
    return {
      number,
      startedAt,
      outcome,
      ...(address === undefined ? {} : { address }),
      ...(localPort === undefined ? {} : { localPort }),
      reused: kept !== undefined,
      stages: trail.passed,
      totalUs: nowUs() - trail.startedUs - aside.askedUs,
      ...(aside.turnUs === 0 ? {} : { turnUs: aside.turnUs }),
      ...(aside.askedUs === 0 ? {} : { askedUs: aside.askedUs }),
    };
  };

  try {
    connection ??= await openConnection(plan, run.secureContext, run.watchNext(), trail, deadline, signal);
    run.saw(trail.facts);
    const open = connection;
    await cancellable(open.channel, signal, () => roundTrip(run, open, trail, deadline, aside));
    const record = ended('ok');
    if (plan.reuse) run.keep(open);
    else leave(open);
    return { record };
  } catch (error) {
    connection?.channel.close();
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

/** What of an attempt's time belongs to no stage. */
interface Aside {
  turnUs: number;
  askedUs: number;
}

/** The measured call, as far as the level goes. Before the first one the peer is asked what it is. */
async function roundTrip(
  run: Run,
  connection: Connection,
  trail: Trail,
  deadline: Deadline,
  aside: Aside,
): Promise<void> {
  if (run.plan.level === 'tls' || run.plan.level === 'identity') return;
  trail.enter('rpc');
  const { exchange } = connection;
  const turnStartedUs = nowUs();
  await exchange.takeTurn(deadline);
  if (connection.calls > 0) aside.turnUs = nowUs() - turnStartedUs;
  const level = run.plan.level === 'auto' ? await levelOf(run, connection, deadline, aside) : run.plan.level;
  await trail.stage('rpc', () => callOnce(level, connection, deadline));
  connection.calls++;
}

/** The level that this peer allows, asked once a run and kept. */
async function levelOf(run: Run, connection: Connection, deadline: Deadline, aside: Aside): Promise<Level> {
  if (run.peer !== undefined) return run.peer.level;
  const startedUs = nowUs();
  const subject = connection.facts.peerCertificate?.subject ?? '';
  run.peer = await askPeer(connection.exchange, connection.endpoint, subject, deadline);
  await connection.exchange.takeTurn(deadline);
  aside.askedUs = nowUs() - startedUs;
  return run.peer.level;
}

async function callOnce(level: Level, { exchange, endpoint }: Connection, deadline: Deadline): Promise<void> {
  if (level === 'capabilities') {
    await call(exchange, getCapabilities, null, endpoint, deadline);
    return;
  }
  const payload = randomBytes(PAYLOAD_BYTES);
  const { result } = await call(exchange, echo, payload, endpoint, deadline);
  if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo came back with other bytes');
}

/** Say END and close, without waiting for the other side. */
export function leave({ channel, exchange, calls }: Connection): void {
  if (calls === 0) channel.close();
  else
    void exchange
      .end(Deadline.inMs(1000))
      .catch(() => undefined)
      .finally(() => channel.close());
}
