import type { AddressInfo } from 'node:net';
import { MemoryBudget } from './halibut/memory-budget.js';
import { serveRequests, type ServiceLimits } from './halibut/service-exchange.js';
import type { Identity } from './identity/identity.js';
import { parseThumbprint } from './identity/thumbprint.js';
import { listen, listenerContext } from './net/listen.js';
import type { MinTlsVersion } from './net/tls-versions.js';
import { TransportError } from './net/transport-error.js';
import { omitUndefined } from './plain-data/omit-undefined.js';
import { ConnectionCounts, ConnectionServer, type EndedConnectionRecord } from './server/connection-server.js';
import { type AuthenticatedPeer, receiveConnection } from './server/front-door.js';
import { LISTENER_LIMITS, type ListenerLimits } from './server/limits.js';
import { workTurns } from './server/work-turns.js';
import { answerByMethod, type CallOrigin, type ServiceMethod } from './services/implement.js';

/** What a service grants its clients: connections, time and memory. */
export interface ServeLimits extends ListenerLimits, Omit<ServiceLimits, 'memoryBudget' | 'takeTurn'> {
  /** All requests together that are being read or answered, inflated. */
  readonly allMessagesMaxBytes: number;
}

/** The limits of a service that sets none. */
export const SERVE_LIMITS: ServeLimits = {
  ...LISTENER_LIMITS,
  // A browser's request for the page has at most about 16 KiB of headers.
  preambleMaxBytes: 64 * 1024,
  // A client connects because it has a call to send. One without keeps its place no longer.
  firstCallMs: 60_000,
  // The real library's own defaults.
  idleMs: 600_000,
  callMs: 600_000,
  // The real library's limit for a read or a write of a data stream.
  stallMs: 60_000,
  // Larger data belongs in data streams, which are never held in memory.
  maxMessageBytes: 1024 * 1024,
  // Sixteen of the largest. Decoded BSON takes up to 28 times its size, so half a gigabyte at worst.
  allMessagesMaxBytes: 16 * 1024 * 1024,
};

/** Where a service listens, as whom, for whom, and the methods that it answers. */
export interface ServeOptions {
  /** 0: any free port, see {@link HalibutService.port}. */
  readonly port: number;
  /** One IP address. Absent: all of IPv4 and IPv6. */
  readonly bind?: string;
  /** The certificate that the service presents. Its clients must trust its thumbprint. */
  readonly identity: Identity;
  /** Thumbprints of the clients to accept, in any spelling. `any`: also clients without a certificate. */
  readonly trusted: readonly string[] | 'any';
  readonly methods: readonly ServiceMethod[];
  /** Default: TLS 1.2, as in Octopus. */
  readonly minTlsVersion?: MinTlsVersion;
  /** In place of {@link SERVE_LIMITS}. */
  readonly limits?: Partial<ServeLimits>;
  /** Called once for each connection: its record with its ending (docs/endings.md), and the error that ended it, if any. */
  readonly onConnectionEnded?: (record: EndedConnectionRecord, error: unknown) => void;
  /** Called when the system cannot hand over a connection (`EMFILE`, ...). The service goes on. */
  readonly onAcceptError?: (error: Error) => void;
}

/** A service that listens. */
export interface HalibutService {
  /** The port that it listens on. */
  readonly port: number;
  /** Stops listening and cuts every connection. Resolves when all are closed. */
  close(): Promise<void>;
}

/** The page for a browser that opens the port. */
const PAGE = '<html><body><p>This port answers Halibut calls.</p></body></html>';

/**
 * Listens and answers calls. A client that is not trusted is rejected as a real listener rejects it: after its preamble
 * the connection closes without a reply.
 * @throws FormatError for a thumbprint that is not one; RangeError without trusted clients, or for a method that is
 * implemented twice; the system's error when the port cannot be used (`EADDRINUSE`, `EACCES`, ...).
 */
export async function serve(options: ServeOptions): Promise<HalibutService> {
  const { port, bind, identity, minTlsVersion, onConnectionEnded, onAcceptError } = options;
  const methods = requireUnique(options.methods);
  const limits = { ...SERVE_LIMITS, ...options.limits };
  const serviceLimits = { ...limits, memoryBudget: new MemoryBudget(limits.allMessagesMaxBytes) };
  const stop = new AbortController();
  const receiveOptions = {
    version: '',
    secureContext: listenerContext(identity, minTlsVersion),
    limits,
    trusted: readTrusted(options.trusted),
    renderPage: () => PAGE,
    answersLegacyPing: false,
  };
  const connections = new ConnectionServer({
    role: 'tentacle',
    limits,
    counts: new ConnectionCounts(),
    stop: stop.signal,
    onConnection: async (socket, connection) =>
      receiveConnection(socket, connection, receiveOptions, async (peer) => answerCalls(peer, methods, serviceLimits)),
    onEnded: (record, { error }) => onConnectionEnded?.(record, error),
  });
  const server = await listen(omitUndefined({ port, bind }), (socket) => connections.accept(socket));
  // Without a listener the event would end the process.
  server.on('error', (error) => onAcceptError?.(error));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      stop.abort();
      await connections.drain();
    },
  };
}

/** Answers a client's calls until it leaves. A client that polls receives the identity, then the end: this service has no work. */
async function answerCalls(
  { connection, channel, subscription, sendIdentity }: AuthenticatedPeer,
  methods: readonly ServiceMethod[],
  limits: ServiceLimits,
): Promise<void> {
  await sendIdentity();
  if (subscription !== undefined) return;
  connection.enterStage('rpc');
  const { address, port, clientThumbprint: thumbprint = null } = connection.facts;
  const closed = new AbortController();
  channel.tcp.once('close', () => closed.abort());
  const origin: CallOrigin = { client: { address, port, thumbprint }, signal: closed.signal };
  const takeTurn = workTurns.of(address);
  const end = await serveRequests(channel, 'listening', { ...limits, takeTurn }, async (call) => {
    const { service, method, activityId } = call.request;
    connection.callStarted(activityId);
    const reply = await unlessAborted(answerByMethod(methods, call, origin), closed.signal);
    // Clients could invent any number of names.
    const isKnown = methods.some((one) => one.service === service && one.method === method);
    connection.callCompleted(isKnown ? `${service}.${method}` : 'other');
    return reply;
  });
  connection.record({ lastAnswer: end === 'unconfirmed' ? 'unconfirmed' : 'confirmed' });
}

/** The result of the work. When the connection closes first, code that never ends must not keep it from its ending. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(new TransportError('CONNECTION_CLOSED', 'the connection closed during the call'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function readTrusted(trusted: ServeOptions['trusted']): ReadonlySet<string> {
  if (trusted === 'any') return new Set();
  if (trusted.length === 0) throw new RangeError("no client is trusted; name a thumbprint, or use 'any'");
  return new Set(trusted.map(parseThumbprint));
}

function requireUnique(methods: readonly ServiceMethod[]): readonly ServiceMethod[] {
  const names = methods.map(({ service, method }) => `${service}.${method}`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new RangeError(`${repeated} is implemented twice`);
  return methods;
}
