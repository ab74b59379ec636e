import { randomBytes } from 'node:crypto';
import { type RpcResponse, CallError, call, type Deadline, getCapabilities, nowUs } from 'tentacle-protocol';
import { CallTemplate, echo, prepareCall, type PreparedCall, sendCall } from 'tentacle-protocol/diagnostics';
import type { Peer } from '../report/peer.js';
import { requestAttestation } from './request-attestation.js';
import type { AttemptTrace } from './attempt-trace.js';
import type { Connection } from './connection.js';
import { exchangeWithLegacyPong } from './legacy-pong.js';
import { type Endpoint, LEGACY_PONG, peerByCapabilities, probePeer } from './peer-probe.js';
import type { SessionContext } from './session-context.js';

/** What ping(8) sends: small enough for one packet, large enough to carry something. */
const PAYLOAD_BYTES = 56;

/** What an attempt does once it is connected and both ends have introduced themselves. */
export type Exchange = (
  session: SessionContext,
  connection: Connection,
  trace: AttemptTrace,
  deadline: Deadline,
) => Promise<void>;

/** The measured call, as far as the level goes. Before the first one the peer is probed. */
export const measureRoundTrip: Exchange = async (session, connection, trace, deadline) => {
  const { options } = session;
  if (options.level === 'tls' || options.level === 'identity') return;
  if (session.peer === LEGACY_PONG) {
    await trace.stage('rpc', () => exchangeWithLegacyPong(options.host, connection, deadline));
    return;
  }
  trace.enterStage('rpc');
  const turnaroundStartedUs = nowUs();
  let prepared: PreparedEcho | undefined;
  await connection.exchange.takeTurn(deadline, () => {
    const known = options.level === 'auto' ? session.peer?.level : options.level;
    if (known === 'echo') prepared = prepareEcho(connection);
  });
  if (connection.calls > 0) trace.turnaroundUs = nowUs() - turnaroundStartedUs;
  const level = options.level === 'auto' ? await levelOf(session, connection, trace, deadline) : options.level;
  await trace.stage('rpc', async () => {
    const { sentAtUs, receivedAtUs } =
      level === 'capabilities'
        ? await askCapabilities(session, connection, deadline)
        : await callEcho(connection, prepared ?? prepareEcho(connection), deadline);
    // Without encoding and decoding, which say nothing about the path or the peer.
    trace.recordInterval({ startedUs: sentAtUs, endedUs: receivedAtUs });
  });
  connection.calls++;
};

/** The level that this peer allows, probed once in a session. */
async function levelOf(
  session: SessionContext,
  connection: Connection,
  trace: AttemptTrace,
  deadline: Deadline,
): Promise<Peer['level']> {
  if (session.peer !== undefined) return session.peer.level;
  const startedUs = nowUs();
  const { level } = await session.probePeerOnce(async () => probe(session, connection, deadline));
  trace.peerProbeUs = nowUs() - startedUs;
  return level;
}

/** Finds out what the peer is and, where it is tentacle-pong, has it attest the connection. */
async function probe(session: SessionContext, connection: Connection, deadline: Deadline): Promise<Peer> {
  const { options } = session;
  const { exchange, endpoint, facts } = connection;
  const peer = await probePeer(exchange, endpoint, facts.peerCertificate?.subject ?? '', deadline);
  await exchange.takeTurn(deadline);
  // The attestation fills a packet; with --sizes it is still unknown whether a full packet passes.
  if (peer.kind !== 'pong' || options.mode.kind === 'sizes') return peer;
  const attested = await requestAttestation(connection, options.pongKey, deadline);
  session.attestation = { attested, facts };
  await exchange.takeTurn(deadline);
  return peer;
}

async function askCapabilities(
  session: SessionContext,
  { exchange, endpoint, facts }: Connection,
  deadline: Deadline,
): Promise<RpcResponse> {
  const { result, answer } = await call(exchange, getCapabilities, null, endpoint, deadline);
  // Without --level auto no probe has identified the peer.
  const isOnlySource = session.peer === undefined && session.options.mode.kind === 'round-trips';
  if (isOnlySource)
    session.peer = peerByCapabilities(result.supportedCapabilities, facts.peerCertificate?.subject ?? '');
  return answer;
}

/** An echo that is encoded, and the payload that must return. */
interface PreparedEcho {
  readonly call: PreparedCall<Buffer>;
  readonly payload: Buffer;
}

/** The echo of each reused connection, by the endpoint that its calls name. */
const templates = new WeakMap<Endpoint, CallTemplate<Buffer>>();

function prepareEcho({ endpoint, calls }: Connection): PreparedEcho {
  const payload = nextPayload();
  const template = templates.get(endpoint);
  if (template !== undefined) return { call: template.next(payload), payload };
  const call = prepareCall(echo, payload, endpoint);
  // Most connections carry one call.
  const first = calls > 0 ? CallTemplate.of(call, payload) : undefined;
  if (first !== undefined) templates.set(endpoint, first);
  return { call, payload };
}

async function callEcho(
  { exchange }: Connection,
  { call, payload }: PreparedEcho,
  deadline: Deadline,
): Promise<RpcResponse> {
  const { result, answer } = await sendCall(exchange, call, deadline);
  if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo returned with other bytes');
  return answer;
}

/** Random bytes are created for this many payloads at once: one payload at a time took 16 us of a round trip of 300. */
const PAYLOADS_AT_A_TIME = 64;
let random = Buffer.alloc(0);

/** Other bytes each time, so that no echo can pass for another. */
function nextPayload(): Buffer {
  if (random.length < PAYLOAD_BYTES) random = randomBytes(PAYLOADS_AT_A_TIME * PAYLOAD_BYTES);
  const payload = random.subarray(0, PAYLOAD_BYTES);
  random = random.subarray(PAYLOAD_BYTES);
  return payload;
}
