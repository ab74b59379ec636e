import { randomUUID } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import {
  ClientExchange,
  type ConnectOptions,
  openTlsConnection,
  type Deadline,
  type ConnectionFacts,
  exchangeIdentityAsConnector,
  type SocketChannel,
  type ConnectionTrace,
} from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { Endpoint } from './peer-probe.js';
import type { RunOptions } from '../options/run-options.js';

/** A connection that went as far as its level requires: to TLS, or to the identities and so ready for calls. */
export interface Connection {
  readonly channel: SocketChannel;
  readonly exchange: ClientExchange;
  readonly endpoint: Endpoint;
  /** What was observed while it was opened. */
  readonly facts: ConnectionFacts;
  /** The peer serves no more requests on this connection. */
  isSpent: boolean;
  /** The round trips it has carried. */
  calls: number;
}

/** 16 MiB: far above any response to these calls, far below what would hurt this machine. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** How to open a connection. */
export interface OpenRequest {
  readonly secureContext: SecureContext;
  /** Keep the first raw bytes, at some cost: they identify a peer that does not speak TLS. */
  readonly captureFirstBytes: boolean;
  /** Whether to go on to the identities; absent: unless only TLS is measured. */
  readonly introduces?: boolean;
  readonly trace: ConnectionTrace;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/** Opens a connection as a client that connects: dns, tcp, [proxy], tls, trust and identity. */
export async function openConnection(options: RunOptions, request: OpenRequest): Promise<Connection> {
  const { secureContext, captureFirstBytes, introduces = options.level !== 'tls', trace, deadline, signal } = request;
  const target = { ...connectorOptions(options, secureContext), captureFirstBytes };
  const channel = await openTlsConnection(target, trace, deadline, signal);
  try {
    if (introduces) {
      await withCancellation(channel, signal, () =>
        exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline),
      );
    }
  } catch (error) {
    channel.close();
    throw error;
  }
  return {
    channel,
    exchange: new ClientExchange(channel, 'listening', MAX_MESSAGE_BYTES),
    endpoint: createEndpoint(options, trace.facts),
    facts: trace.facts,
    isSpent: false,
    calls: 0,
  };
}

/** The options of the connector, from those of the run. */
export function connectorOptions(options: RunOptions, secureContext: SecureContext): ConnectOptions {
  return {
    host: options.host,
    port: options.port,
    secureContext,
    ...omitUndefined({
      family: options.family,
      address: options.address,
      serverName: options.serverName,
      expectedThumbprint: options.thumbprint,
      proxy: options.proxyChoice?.proxy,
    }),
  };
}

/** Runs work on a connection. A signal meanwhile cancels the connection, which ends everything that awaits it. */
export async function withCancellation<T>(
  channel: SocketChannel,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const cancel = (): void => channel.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** The endpoint that requests name as their destination. */
export function createEndpoint(options: RunOptions, facts: ConnectionFacts): Endpoint {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    baseUri: `https://${host}:${options.port}/`,
    remoteThumbprint: facts.peerCertificate?.thumbprint ?? '',
    activityId: randomUUID(),
  };
}
