import { once } from 'node:events';
import type { DataStreamRef } from './halibut/bson-value.js';
import { ClientExchange } from './halibut/client-exchange.js';
import type { OutgoingStream } from './halibut/data-stream.js';
import { incomingStreams } from './halibut/service-exchange.js';
import type { Identity } from './identity/identity.js';
import { parseThumbprint } from './identity/thumbprint.js';
import { exchangeIdentityAsConnector, openTlsConnection } from './net/connect.js';
import { connectorContext } from './net/connector-context.js';
import type { HttpProxy } from './net/http-connect.js';
import type { SocketChannel } from './net/socket-channel.js';
import { DEFAULT_MIN_TLS_VERSION, type MinTlsVersion, tlsVersionOptions } from './net/tls-versions.js';
import { omitUndefined } from './plain-data/omit-undefined.js';
import { CallError } from './services/call-error.js';
import { call, type CallEndpoint, type Method } from './services/contracts.js';
import { Deadline } from './time/clock.js';
import { type ConnectionFacts, ConnectionTrace } from './trace.js';

/** Where a client connects, as whom, and its bounds. */
export interface ClientOptions {
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The certificate that this client presents. The service must trust its thumbprint. */
  readonly identity: Identity;
  /** The thumbprint of the service's certificate, in any spelling. Another certificate ends the connection. */
  readonly thumbprint: string;
  /** From the name lookup to the exchange of identities. Default: 60 s, Octopus's own limit for connecting. */
  readonly connectTimeoutMs?: number;
  /** For one call, from its request to its response. Default: 10 min, the real library's own limit. */
  readonly callTimeoutMs?: number;
  /** How long a received data stream may make no progress. Default: 60 s, the real library's limit for one read. */
  readonly stallTimeoutMs?: number;
  /** The largest response, inflated, without its data streams. Default: 16 MiB, far above the responses of a Tentacle. */
  readonly maxMessageBytes?: number;
  /** Default: TLS 1.2, as in Octopus. */
  readonly minTlsVersion?: MinTlsVersion;
  /** Connect through this HTTP proxy. */
  readonly proxy?: HttpProxy;
  /** Cancels the connection at any time: whatever waits for it throws TransportError CANCELLED. */
  readonly signal?: AbortSignal;
  /** Receives what is observed of the connection. `observe(error, trace)` of `tentacle-protocol/diagnostics` needs it. */
  readonly trace?: ConnectionTrace;
}

/** How one call differs from the others of its client. */
export interface CallOptions {
  /** In place of the client's `callTimeoutMs`. */
  readonly timeoutMs?: number;
  /** A GUID under which both ends can log related calls. Absent: each call has its own. */
  readonly activityId?: string;
  /** The data streams that the parameters refer to, in that order. */
  readonly streams?: readonly OutgoingStream[];
  /** Called for each data stream that the result refers to, in order. A stream that is not read to its end is skipped. */
  readonly onStream?: (content: AsyncIterable<Buffer>, stream: DataStreamRef) => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 60_000;
const CALL_TIMEOUT_MS = 600_000;
const STALL_TIMEOUT_MS = 60_000;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Saying END is a courtesy: a service that does not take it within a second is closed without it. */
const END_TIMEOUT_MS = 1000;

/**
 * Connects to a listening service, trusts it by its thumbprint, and exchanges identities.
 * @throws FormatError for a thumbprint that is not one. For a connection that fails, an Error with a `code`:
 * - the resolver's or the system's (`ENOTFOUND`, `ECONNREFUSED`, ...);
 * - TransportError UNEXPECTED_THUMBPRINT when the service presents another certificate, DNS_TIMEOUT, CONNECT_TIMEOUT,
 *   CANCELLED;
 * - HandshakeError, with the code of OpenSSL or of TransportError, when TLS fails; ProxyError, when the proxy does;
 * - WireError or InterruptedError when the service does not answer with its identity, as it does for a client that it
 *   does not trust.
 */
export async function connect(options: ClientOptions): Promise<HalibutClient> {
  const { host, port, identity, proxy, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const { minTlsVersion = DEFAULT_MIN_TLS_VERSION, signal = new AbortController().signal } = options;
  const expectedThumbprint = parseThumbprint(options.thumbprint);
  const timeoutUs = connectTimeoutMs * 1000;
  const facts = { host, port, timeoutUs, expectedThumbprint, ownThumbprint: identity.thumbprint };
  const trace = options.trace ?? new ConnectionTrace(facts);
  trace.record(facts);
  const secureContext = connectorContext({
    ...identity.secureContextOptions,
    ...tlsVersionOptions(minTlsVersion),
  });
  const deadline = Deadline.inMs(connectTimeoutMs);
  const target = omitUndefined({ host, port, secureContext, expectedThumbprint, proxy });
  const channel = await openTlsConnection(target, trace, deadline, signal);
  cancelOnAbort(channel, signal);
  try {
    await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
  } catch (error) {
    channel.close();
    throw error;
  }
  return new HalibutClient(channel, trace, options);
}

/** A connection to a listening service, ready for calls. Calls are sent one at a time, in their order. */
export class HalibutClient {
  readonly #channel: SocketChannel;
  readonly #trace: ConnectionTrace;
  readonly #exchange: ClientExchange;
  readonly #endpoint: CallEndpoint;
  readonly #options: ClientOptions;
  #lastCall: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #hasCalled = false;

  constructor(channel: SocketChannel, trace: ConnectionTrace, options: ClientOptions) {
    this.#channel = channel;
    this.#trace = trace;
    this.#options = options;
    this.#exchange = new ClientExchange(channel, 'listening', options.maxMessageBytes ?? MAX_MESSAGE_BYTES);
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const remoteThumbprint = trace.facts.peerCertificate?.thumbprint ?? '';
    this.#endpoint = { baseUri: `https://${host}:${options.port}/`, remoteThumbprint };
  }

  /** What was observed of the connection: its addresses, TLS version, cipher suite and certificate. Plain data. */
  get facts(): ConnectionFacts {
    return this.#trace.facts;
  }

  /**
   * Calls a method and returns its result.
   * @throws CallError SERVER_ERROR when the service answers with an error; later calls can follow. After any other error
   * the connection is closed: WireError READ_TIMEOUT after the timeout, other WireErrors for what the service sent,
   * TransportError CONNECTION_CLOSED when it was closed before, InterruptedError or the system's error (`ECONNRESET`,
   * ...) when it broke.
   */
  async call<Params, Result>(
    method: Method<Params, Result>,
    params: Params,
    options: CallOptions = {},
  ): Promise<Result> {
    const result = this.#lastCall.then(async () => this.#call(method, params, options));
    this.#lastCall = result.catch(() => undefined);
    return result;
  }

  /** Closes the connection after the calls that have begun, and resolves when it is closed. It never throws. */
  async close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#lastCall;
    const { tcp } = this.#channel;
    if (tcp.destroyed) return;
    const closed = once(tcp, 'close').catch(() => undefined);
    if (this.#hasCalled) await this.#exchange.end(Deadline.inMs(END_TIMEOUT_MS)).catch(() => undefined);
    this.#channel.close();
    await closed;
  }

  async #call<Params, Result>(method: Method<Params, Result>, params: Params, options: CallOptions): Promise<Result> {
    const { callTimeoutMs = CALL_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS } = this.#options;
    const { timeoutMs = callTimeoutMs, activityId, streams, onStream } = options;
    const deadline = Deadline.inMs(timeoutMs);
    const endpoint = omitUndefined({ ...this.#endpoint, activityId });
    try {
      this.#trace.enterStage('rpc');
      await this.#exchange.takeTurn(deadline);
      this.#hasCalled = true;
      const { result, answer } = await call(this.#exchange, method, params, endpoint, deadline, streams);
      const request = { purpose: `the data stream of ${method.method}`, deadline: Deadline.inMs(stallTimeoutMs) };
      const incoming = incomingStreams(this.#channel, answer.streams, request);
      if (onStream !== undefined) for (const stream of answer.streams) await onStream(incoming.next(), stream);
      await incoming.discardRest();
      return result;
    } catch (error) {
      // The response, or the rest of it, may still arrive, and would be read as that of the next call.
      if (!(error instanceof CallError)) this.#channel.close();
      throw error;
    }
  }
}

/** Cancels the connection when the signal aborts, for as long as it is open. */
function cancelOnAbort(channel: SocketChannel, signal: AbortSignal): void {
  const cancel = (): void => channel.cancel();
  if (signal.aborted) cancel();
  if (channel.tcp.destroyed) return;
  signal.addEventListener('abort', cancel, { once: true });
  channel.tcp.once('close', () => signal.removeEventListener('abort', cancel));
}
