import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, createSecureContext, connect as connectTls, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import {
  ClientExchange,
  openTlsConnection,
  Deadline,
  type Identity,
  exchangeIdentityAsConnector,
  listen,
  listenerContext,
  createIdentity,
  type SocketChannel,
  ConnectionTrace,
} from 'tentacle-protocol';
import { type EndedConnectionRecord, createSigningKey } from 'tentacle-protocol/diagnostics';
import { EndingLog } from '../server/ending-log.js';
import { Attestor } from '../server/attestor.js';
import { createPongServer } from '../server/pong-server.js';
import type { ServerContext } from '../server/server-context.js';
import { LIMITS, type Limits } from '../server/limits.js';
import { ListenerMonitor } from '../server/listener-monitor.js';
import { RecordStore } from '../server/record-store.js';
import { Tally } from '../server/tally.js';
import { TransferLimits } from '../server/transfer-limits.js';

// Generated once per test file: a key takes up to 0.75 s.
let server: Promise<Identity> | undefined;
let client: Promise<Identity> | undefined;

export function serverIdentity(): Promise<Identity> {
  return (server ??= createIdentity({ commonName: 'tentacle-pong' }));
}

export function clientIdentity(): Promise<Identity> {
  return (client ??= createIdentity({ commonName: 'Octopus Server' }));
}

export interface PongLogLine {
  readonly level: number;
  readonly msg: string;
  readonly ending?: string;
}

/** A pong that listens on a free port of 127.0.0.1, in this process. */
export interface TestPong {
  readonly port: number;
  readonly tally: Tally;
  readonly log: readonly PongLogLine[];
  /** The record of the next connection that ends, in the order of their endings. */
  nextRecord(): Promise<EndedConnectionRecord>;
  stop(): Promise<void>;
}

export async function startPong(
  change: {
    readonly transfers?: TransferLimits;
    readonly limits?: Partial<Limits>;
    readonly trusted?: ServerContext['trusted'];
  } = {},
): Promise<TestPong> {
  const stopper = new AbortController();
  const log: PongLogLine[] = [];
  const ended: EndedConnectionRecord[] = [];
  let wake: (() => void) | undefined;
  const tally = new Tally();
  const records = new RecordStore();
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line) as PongLogLine) });
  const server = createPongServer({
    version: '0.0.0-test',
    secureContext: listenerContext(await serverIdentity()),
    attestor: new Attestor(createSigningKey(), await serverIdentity()),
    trusted: change.trusted ?? new Set(),
    limits: { ...LIMITS, ...change.limits },
    transfers: change.transfers ?? new TransferLimits(),
    monitor: new ListenerMonitor('linux', () => undefined),
    log: logger,
    endingLog: new EndingLog(logger),
    tally,
    records: {
      query: (question, context) => records.query(question, context),
      latestFrom: (address, max) => records.latestFrom(address, max),
      add: (record, number) => {
        records.add(record, number);
        ended.push(record);
        wake?.();
      },
    },
    startFacts: () => [],
    stop: stopper.signal,
  });
  const listening = await listen({ port: 0, bind: '127.0.0.1' }, (socket) => server.accept(socket));
  return {
    port: (listening.address() as AddressInfo).port,
    tally,
    log,
    nextRecord: async () => {
      for (;;) {
        const record = ended.shift();
        if (record !== undefined) return record;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    stop: async () => {
      stopper.abort();
      listening.close();
      await server.drain();
    },
  };
}

/** A plain TCP connection; its later errors are ignored. */
export async function tcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** A TLS connection, or one that failed, over a plain one that can still be reset. */
export async function tls(port: number, options: ConnectionOptions = {}): Promise<{ raw: Socket; secure: TLSSocket }> {
  const raw = await tcp(port);
  const secure = connectTls({ socket: raw, rejectUnauthorized: false, ...options });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect').catch(() => undefined);
  return { raw, secure };
}

/** Everything that is received until the connection closes. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

/** The ClientHello that Node itself sends. */
export async function clientHello(options: ConnectionOptions = {}): Promise<Buffer> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const accepted = once(listening, 'connection') as Promise<[Socket]>;
  const connecting = connectTls({ port: (listening.address() as AddressInfo).port, host: '127.0.0.1', ...options });
  connecting.on('error', () => undefined);
  const [socket] = await accepted;
  const [hello] = (await once(socket, 'data')) as [Buffer];
  connecting.destroy();
  listening.close();
  return hello;
}

/** A Halibut client that has identified itself. */
export interface TestClient {
  readonly channel: SocketChannel;
  readonly exchange: ClientExchange;
  readonly deadline: Deadline;
  readonly endpoint: { readonly baseUri: string; readonly remoteThumbprint: string };
}

export async function introduced(port: number, subscription?: string): Promise<TestClient> {
  const deadline = Deadline.inMs(20_000);
  const plan = {
    host: '127.0.0.1',
    port,
    secureContext: createSecureContext((await clientIdentity()).secureContextOptions),
  };
  const trace = new ConnectionTrace({ host: plan.host, port, timeoutUs: deadline.spanUs });
  const channel = await openTlsConnection(plan, trace, deadline, new AbortController().signal);
  const identity =
    subscription === undefined ? { role: 'MX-CLIENT' as const } : { role: 'MX-SUBSCRIBER' as const, subscription };
  await exchangeIdentityAsConnector(channel, identity, trace, deadline);
  // 16 MiB: more than any answer here.
  const exchange = new ClientExchange(channel, 'listening', 2 ** 24);
  return { channel, exchange, deadline, endpoint: { baseUri: `https://127.0.0.1:${port}/`, remoteThumbprint: '' } };
}
