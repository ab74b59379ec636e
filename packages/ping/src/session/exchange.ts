import { randomBytes } from 'node:crypto';
import {
  type Answer,
  CallError,
  call,
  type Deadline,
  echo,
  getCapabilities,
  nowUs,
  type ConnectionTrace,
} from 'tentacle-protocol';
import { requestAttestation } from './attestation.js';
import type { Connection } from './connection.js';
import type { Transfer } from '../measurements/transfer/transfer.js';
import { exchangeWithLegacyPong } from './legacy-pong.js';
import { probePeer, LEGACY_PONG, type Peer } from './peer-probe.js';
import type { Session } from './session.js';

/** What ping(8) sends: small enough for one packet, large enough to carry something. */
const PAYLOAD_BYTES = 56;

/** What of an attempt's time belongs to no stage. */
export interface Aside {
  /** NEXT and PROCEED on a kept connection. */
  turnUs: number;
  /** Finding out what the peer is. */
  askedUs: number;
  /** Data streams that were moved, whole or in part: each in a stage of its own. */
  readonly transfers: Transfer[];
}

/** What an attempt does once it is connected and both ends have said who they are. */
export type Exchange = (
  run: Session,
  connection: Connection,
  trace: ConnectionTrace,
  deadline: Deadline,
  aside: Aside,
) => Promise<void>;

/** The measured call, as far as the level goes. Before the first one the peer is asked what it is. */
export const measureRoundTrip: Exchange = async (run, connection, trace, deadline, aside) => {
  if (run.plan.level === 'tls' || run.plan.level === 'identity') return;
  if (run.peer === LEGACY_PONG) {
    await trace.stage('rpc', () => exchangeWithLegacyPong(run.plan.host, connection, deadline));
    return;
  }
  trace.enterStage('rpc');
  const { exchange } = connection;
  const turnStartedUs = nowUs();
  await exchange.takeTurn(deadline);
  if (connection.calls > 0) aside.turnUs = nowUs() - turnStartedUs;
  const level = run.plan.level === 'auto' ? await levelOf(run, connection, deadline, aside) : run.plan.level;
  await trace.stage('rpc', async (span) => {
    // Without our own encoding and decoding, which say nothing of the way or the peer.
    const { sentAtUs, receivedAtUs } = await callOnce(level, connection, deadline);
    span.startedUs = sentAtUs;
    span.endedUs = receivedAtUs;
  });
  connection.calls++;
};

/** The level that this peer allows, asked once a run and kept. */
async function levelOf(run: Session, connection: Connection, deadline: Deadline, aside: Aside): Promise<Peer['level']> {
  if (run.peer !== undefined) return run.peer.level;
  const startedUs = nowUs();
  const subject = connection.facts.peerCertificate?.subject ?? '';
  const { level } = await run.peerProbedBy(async () => {
    const peer = await probePeer(connection.exchange, connection.endpoint, subject, deadline);
    await connection.exchange.takeTurn(deadline);
    // Its answer fills a packet, of which a ladder of sizes is yet to see whether one passes.
    if (peer.kind === 'pong' && run.plan.mode.kind !== 'sizes') {
      const attested = await requestAttestation(connection, run.plan.pongKey, deadline);
      run.attestation = { attested, facts: connection.facts };
      await connection.exchange.takeTurn(deadline);
    }
    return peer;
  });
  aside.askedUs = nowUs() - startedUs;
  return level;
}

async function callOnce(level: Peer['level'], { exchange, endpoint }: Connection, deadline: Deadline): Promise<Answer> {
  if (level === 'capabilities') return (await call(exchange, getCapabilities, null, endpoint, deadline)).answer;
  const payload = nextPayload();
  const { result, answer } = await call(exchange, echo, payload, endpoint, deadline);
  if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo came back with other bytes');
  return answer;
}

/** Random bytes for so many payloads are made at a time: for each anew, they took 16 us of a round trip of 300. */
const PAYLOADS_AT_A_TIME = 64;
let random = Buffer.alloc(0);

/** Other bytes each time, so that no echo passes for another. */
function nextPayload(): Buffer {
  if (random.length < PAYLOAD_BYTES) random = randomBytes(PAYLOADS_AT_A_TIME * PAYLOAD_BYTES);
  const payload = random.subarray(0, PAYLOAD_BYTES);
  random = random.subarray(PAYLOAD_BYTES);
  return payload;
}
