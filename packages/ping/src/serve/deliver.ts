import { randomBytes } from 'node:crypto';
import {
  CallError,
  call,
  type ClientExchange,
  type Deadline,
  echo,
  type ConnectionFacts,
  getCapabilities,
  nowUs,
  sight,
  ConnectionTrace,
  WireError,
} from 'tentacle-protocol';
import { probePeer, type Endpoint } from '../session/peer-probe.js';
import type { PendingCall } from './queue.js';
import type { Poller } from './subscriptions.js';

/** As the other pings send. */
const PAYLOAD_BYTES = 56;

/** A connection on which a poller waits. */
export interface Delivery {
  readonly exchange: ClientExchange;
  readonly facts: ConnectionFacts;
  /** Calls and null messages that it has carried. */
  messages: number;
}

/**
 * Hand a call to a poller and wait for its answer. Before its first one the poller is asked what it is; only harmless
 * calls are made.
 * @returns the name of the call; undefined when the poller said goodbye in place of an answer, and the call is still to
 * be made.
 * @throws what breaks the connection; a poller that answers with an error keeps it. Then the call has its end.
 */
export async function deliver(
  pending: PendingCall,
  { exchange, facts, messages }: Delivery,
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
      if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo came back with other bytes');
    } else await call(exchange, getCapabilities, null, endpoint, deadline);
    pending.end({ kind: 'ok', roundTripUs: nowUs() - startedUs });
    return `${method.service}.${method.method}`;
  } catch (error) {
    // It went just when the call was sent, and has not read it.
    if (error instanceof WireError && error.received.subarray(0, 5).toString('latin1') === 'END\r\n') return undefined;
    pending.end({ kind: 'failed', sighting: sight(error, trace) });
    if (error instanceof CallError) return 'other';
    throw error;
  }
}
