import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { TLSSocket, type SecureContext } from 'node:tls';
import { call, ClientExchange, Deadline, nowUs, serveRequests, socketChannel } from 'tentacle-protocol';
import { connectTcp, echo, handshakeAsConnector } from 'tentacle-protocol/diagnostics';
import type { RunOptions } from '../../options/run-options.js';
import type { StageFloors } from '../../report/stage-figures.js';

/** The floors take about as long as two attempts, so fewer attempts than this do not wait for them. */
const ATTEMPTS_LEAST = 20;

/** Of connections and round trips, enough for the engine to compile what they use; a handshake computes for milliseconds. */
const CONNECTIONS = 30;
const HANDSHAKES = 4;
const ROUND_TRIPS = 60;

/** Twenty times what it takes on an idle machine. Whatever is measured by then counts. */
const LIMIT_MS = 1000;

const LOOPBACK = '127.0.0.1';

/** What ping sends in an echo. */
const PAYLOAD = Buffer.alloc(56, 'x');

/** No message here is longer. */
const MESSAGE_MAX_BYTES = 16 * 1024;

/** Whether a run has enough attempts for their floors to be worth their time. */
export function hasFloors({ count, mode }: Pick<RunOptions, 'count' | 'mode'>): boolean {
  return mode.kind === 'round-trips' && (count ?? Number.POSITIVE_INFINITY) >= ATTEMPTS_LEAST;
}

/**
 * Measures how much of the times of stages is this tool itself: the same stages, with both ends in this process. The listener is bound to the loopback,
 * accepts this process alone, which it knows by the port, and is closed again after some 50 ms. It never throws.
 */
export async function measureFloors(
  secureContext: SecureContext,
  stop: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<StageFloors> {
  const limits = { deadline: Deadline.inMs(limitMs), signal: stop };
  const floors: { tcp?: number; tls?: number; rpc?: number } = {};
  const listener = new OwnListener();
  try {
    await listener.listen();
    const tcp: number[] = [];
    for (let i = 0; i < CONNECTIONS; i++) tcp.push(await connectOnce(listener, limits));
    floors.tcp = typical(tcp);
    const tls: number[] = [];
    for (let i = 0; i < HANDSHAKES; i++) {
      const { durationUs, client, server } = await handshake(listener, secureContext, limits);
      tls.push(durationUs);
      if (i === HANDSHAKES - 1) floors.rpc = typical(await roundTrips(client, server, limits.deadline));
      client.destroy();
      server.destroy();
    }
    // Both ends do the same work: a key, a signature, and a check of the other one's. Of so few, the shortest is the least disturbed.
    floors.tls = Math.round(Math.min(...tls) / 2);
  } catch {
    // Without a loopback, or out of time, the report has none.
  } finally {
    listener.close();
  }
  return floors;
}

interface Limits {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/** A connection of this process to itself, both of its ends. */
interface OwnConnection {
  readonly client: Socket;
  readonly server: Socket;
  readonly durationUs: number;
}

/** A listener on a free port of the loopback, for connections of this process alone. */
class OwnListener {
  readonly #server: Server;
  /** The connections that were accepted, by the port of the other end, and when Node had reported them. */
  readonly #accepted = new Map<number, { readonly socket: Socket; readonly atUs: number }>();

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      this.#accepted.set(socket.remotePort ?? 0, { socket, atUs: nowUs() });
    });
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, LOOPBACK), 'listening');
  }

  /** Connects to itself. The part in which this process is the listener does not count. */
  async connect({ deadline, signal }: Limits): Promise<OwnConnection> {
    const { port } = this.#server.address() as AddressInfo;
    const { socket: client, interval } = await connectTcp({ address: LOOPBACK, port, deadline, signal });
    client.on('error', () => undefined);
    const { localPort = 0 } = client;
    while (!this.#accepted.has(localPort)) {
      if (deadline.hasPassed || signal.aborted) throw new Error('not accepted in time');
      await new Promise(setImmediate);
    }
    const { socket: server, atUs } = this.#accepted.get(localPort) ?? { socket: client, atUs: 0 };
    this.#accepted.delete(localPort);
    this.#dropOthers();
    const fromUs = atUs <= interval.endedUs ? Math.max(atUs, interval.startedUs) : interval.startedUs;
    return { client, server, durationUs: interval.endedUs - fromUs };
  }

  close(): void {
    this.#server.close();
    this.#dropOthers();
  }

  /** Other programs of this machine may have found the port. */
  #dropOthers(): void {
    for (const { socket } of this.#accepted.values()) socket.destroy();
    this.#accepted.clear();
  }
}

async function connectOnce(listener: OwnListener, limits: Limits): Promise<number> {
  const { client, server, durationUs } = await listener.connect(limits);
  client.destroy();
  server.destroy();
  return durationUs;
}

interface OwnTlsConnection extends OwnConnection {
  readonly client: TLSSocket;
  readonly server: TLSSocket;
}

async function handshake(
  listener: OwnListener,
  secureContext: SecureContext,
  limits: Limits,
): Promise<OwnTlsConnection> {
  const tcp = await listener.connect(limits);
  const server = new TLSSocket(tcp.server, {
    isServer: true,
    secureContext,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('error', () => undefined);
  const startedUs = nowUs();
  const options = { ...limits, secureContext, serverName: '', captureFirstBytes: false };
  const { socket: client } = await handshakeAsConnector(tcp.client, options);
  return { client, server, durationUs: nowUs() - startedUs };
}

/** The time that the client needs for each of some echoes, apart from what this process does as their service. */
async function roundTrips(client: TLSSocket, server: TLSSocket, deadline: Deadline): Promise<number[]> {
  const served = socketChannel(server);
  const channel = socketChannel(client);
  let serviceUs = 0;
  let writeUs = 0;
  const write = async (bytes: Uint8Array, by: Deadline): Promise<void> => {
    const startedUs = nowUs();
    const written = served.write(bytes, by);
    writeUs = nowUs() - startedUs;
    return written;
  };
  const limitMs = deadline.spanUs / 1000;
  const limits = { idleMs: limitMs, callMs: limitMs, stallMs: limitMs, maxMessageBytes: MESSAGE_MAX_BYTES };
  const service = serveRequests({ source: served.source, write }, 'listening', limits, ({ request }) =>
    Promise.resolve({ error: null, result: request.params[0] ?? null, onSent: (us) => (serviceUs = us) }),
  ).catch(() => undefined);
  const exchange = new ClientExchange(channel, 'listening', MESSAGE_MAX_BYTES);
  const endpoint = { baseUri: `https://${LOOPBACK}/`, remoteThumbprint: '' };
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    await exchange.takeTurn(deadline);
    const { answer } = await call(exchange, echo, PAYLOAD, endpoint, deadline);
    // What is left is a turn of the event loop and reading, at each of the ends.
    times.push(Math.max(0, Math.round((answer.receivedAtUs - answer.sentAtUs - serviceUs - writeUs) / 2)));
  }
  channel.cancel();
  served.cancel();
  await service;
  return times;
}

/** The median of the second half, for which the code is compiled. */
function typical(times: readonly number[]): number {
  const late = times.slice(times.length >> 1).sort((a, b) => a - b);
  return late[late.length >> 1] ?? 0;
}
