import { randomUUID } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import {
  ClientExchange,
  type ConnectorPlan,
  connectSecurely,
  type Deadline,
  type ConnectionFacts,
  introduceAsConnector,
  type SocketChannel,
  type ConnectionTrace,
} from 'tentacle-protocol';
import type { Endpoint } from './peer-probe.js';
import type { Plan } from '../plan.js';

/** A connection that went as far as its level asks: to TLS, or to the identities and so ready for calls. */
export interface Connection {
  readonly channel: SocketChannel;
  readonly exchange: ClientExchange;
  readonly endpoint: Endpoint;
  /** What was seen while it was made. */
  readonly facts: ConnectionFacts;
  /** The peer has said all that it says on one connection. */
  isSpent: boolean;
  /** Round trips it has carried. */
  calls: number;
}

/** 16 MiB: far above any answer to our calls, far below what would hurt this machine. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * The path of a client that connects: dns, tcp, [proxy], tls, trust and identity.
 * @param introduces whether to go on to the identity; unless only TLS is measured.
 */
export async function openConnection(
  plan: Plan,
  secureContext: SecureContext,
  watch: boolean,
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
  introduces = plan.level !== 'tls',
): Promise<Connection> {
  const channel = await connectSecurely(connectorOptions(plan, secureContext), watch, trace, deadline, signal);
  try {
    if (introduces) {
      await withCancellation(channel, signal, () =>
        introduceAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline),
      );
    }
  } catch (error) {
    channel.close();
    throw error;
  }
  return {
    channel,
    exchange: new ClientExchange(channel, 'listening', MAX_MESSAGE_BYTES),
    endpoint: createEndpoint(plan, trace.facts),
    facts: trace.facts,
    isSpent: false,
    calls: 0,
  };
}

/** Where to and as whom, as the plan has it. */
export function connectorOptions(plan: Plan, secureContext: SecureContext): ConnectorPlan {
  return {
    host: plan.host,
    port: plan.port,
    secureContext,
    ...(plan.family === undefined ? {} : { family: plan.family }),
    ...(plan.address === undefined ? {} : { address: plan.address }),
    ...(plan.serverName === undefined ? {} : { serverName: plan.serverName }),
    ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
    ...(plan.way?.proxy === undefined ? {} : { proxy: plan.way.proxy }),
  };
}

/** Do something on a connection; a signal meanwhile cuts the connection, which ends whatever is awaited on it. */
export async function withCancellation<T>(
  channel: SocketChannel,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const cut = (): void => channel.cancel();
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

/** How requests name their destination. */
export function createEndpoint(plan: Plan, facts: ConnectionFacts): Endpoint {
  const host = plan.host.includes(':') ? `[${plan.host}]` : plan.host;
  return {
    baseUri: `https://${host}:${plan.port}/`,
    remoteThumbprint: facts.peerCertificate?.thumbprint ?? '',
    activityId: randomUUID(),
  };
}
