import { randomBytes } from 'node:crypto';
import {
  CallError,
  call,
  type ClientExchange,
  type Deadline,
  type ConnectionFacts,
  getCapabilities,
  nowUs,
  ConnectionTrace,
  WireError,
} from 'tentacle-protocol';
import { echo, observe } from 'tentacle-protocol/diagnostics';
import { probePeer, type Endpoint } from '../../session/peer-probe.js';
import type { PendingCall } from './call-queue.js';
import type { Poller } from './subscriptions.js';

/** The same as in tentacle-ping's other round trips. */
const PAYLOAD_BYTES = 56;

/** A connection on which a poller waits. */
export interface PollerConnection {
  readonly exchange: ClientExchange;
  readonly facts: ConnectionFacts;
  /** Calls and null messages that it has carried. */
  messages: number;
}

/**
 * Sends a call to a poller and waits for its answer. The first call to a poller is preceded by harmless ones that identify
 * the peer.
 * @returns the name of the call; undefined when the poller sent END instead of an answer, and the call is still to be
 * made.
 * @throws what breaks the connection; a poller that answers with an error keeps it. In both cases the call is completed.
 */
export async function dispatchCall(
  pending: PendingCall,
  { exchange, facts, messages }: PollerConnection,
  poller: Poller,
  deadline: Deadline,
): Promise<string | undefined> {
  pending.collected = { address: poller.address, waitedUs: nowUs() - pending.queuedUs };
  const trace = new ConnectionTrace({ ...facts, callsBefore: messages });
  trace.enterStage('rpc');
  const endpoint: Endpoint = { baseUri: facts.subscription ?? '', remoteThumbprint: poller.thumbprint ?? '' };
  try {
    if (poller.peer === undefined) {
      poller.peer = await probePeer(exchange, endpoint, facts.peerCertificate?.subject ?? '', deadline);
      await exchange.takeTurn(deadline);
      trace.enterStage('rpc');
    }
    const method = poller.peer.level === 'echo' ? echo : getCapabilities;
    const startedUs = nowUs();
    if (method === echo) {
      const payload = randomBytes(PAYLOAD_BYTES);
      const { result } = await call(exchange, echo, payload, endpoint, deadline);
      if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo returned different bytes');
    } else await call(exchange, getCapabilities, null, endpoint, deadline);
    pending.complete({ kind: 'ok', roundTripUs: nowUs() - startedUs });
    return `${method.service}.${method.method}`;
  } catch (error) {
    // It left just when the call was sent, and has not read it.
    if (error instanceof WireError && error.received.subarray(0, 5).toString('latin1') === 'END\r\n') return undefined;
    pending.complete({ kind: 'failed', observation: observe(error, trace) });
    if (error instanceof CallError) return 'other';
    throw error;
  }
}
