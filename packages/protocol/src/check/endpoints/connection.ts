import type { SecureContext } from 'node:tls';
import { observe } from '../../diagnostics/observe.js';
import type { Observation } from '../../diagnostics/failure-definition.js';
import { connectorContext } from '../../net/connector-context.js';
import { openTlsConnection } from '../../net/connect.js';
import type { HttpProxy } from '../../net/http-connect.js';
import type { SocketChannel } from '../../net/socket-channel.js';
import { DEFAULT_MIN_TLS_VERSION, tlsVersionOptions } from '../../net/tls-versions.js';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { Deadline, nowUs } from '../../time/clock.js';
import { ConnectionTrace } from '../../trace.js';
import type { Endpoint } from './endpoint.js';

/**
 * Time to connect, TLS included. Octopus waits a minute; a healthy endpoint needs a second or two around the world, and all
 * checks together are to take less than ten.
 */
const CONNECT_MS = 5000;

/** After a connection that took longer, no second one is made: both together would not fit into the time of the group. */
export const FAST_US = 1_000_000;

/** One connection to an endpoint. */
export interface ConnectionRequest {
  readonly endpoint: Endpoint;
  /** Absent: directly. */
  readonly proxy?: HttpProxy | undefined;
  /** One address of the name; absent: the first that accepts. */
  readonly address?: string | undefined;
  /** The thumbprint that ends the attempt unless it is presented. */
  readonly expectedThumbprint?: string | undefined;
  readonly alpnProtocols?: readonly string[];
  readonly signal: AbortSignal;
}

/** The result of one connection: an open channel, or the failure. */
export type Connection =
  | { readonly ok: true; readonly channel: SocketChannel; readonly trace: ConnectionTrace; readonly elapsedUs: number }
  | { readonly ok: false; readonly observation: Observation; readonly elapsedUs: number };

/** The owner of each kind of endpoint, for the texts of failures. */
const PEER_ROLES = {
  portal: 'portal',
  'web-socket': 'portal',
  grpc: 'portal',
  polling: 'server',
  tentacle: undefined,
} as const;

let context: SecureContext | undefined;

/** Connects up to the end of the TLS handshake, without a client certificate. The caller closes the channel. */
export async function connectEndpoint(request: ConnectionRequest): Promise<Connection> {
  const { endpoint, proxy, address, expectedThumbprint, alpnProtocols, signal } = request;
  const { host, port, use } = endpoint;
  const peerRole = PEER_ROLES[use];
  const trace = new ConnectionTrace(
    omitUndefined({ host, port, timeoutUs: CONNECT_MS * 1000, peerRole, expectedThumbprint }),
  );
  const startedUs = nowUs();
  context ??= connectorContext(tlsVersionOptions(DEFAULT_MIN_TLS_VERSION));
  const target = omitUndefined({ host, port, proxy, address, expectedThumbprint, alpnProtocols });
  const options = { ...target, secureContext: context, captureFirstBytes: true, keepChain: true };
  try {
    const channel = await openTlsConnection(options, trace, Deadline.inMs(CONNECT_MS), signal);
    return { ok: true, channel, trace, elapsedUs: nowUs() - startedUs };
  } catch (error) {
    return { ok: false, observation: observe(error, trace), elapsedUs: nowUs() - startedUs };
  }
}
