import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import {
  call,
  type CallEndpoint,
  ClientExchange,
  Deadline,
  getCapabilities,
  readIdentity,
  type SocketChannel,
  socketChannel,
} from 'tentacle-protocol';

/** What an attacker counted. Plain JSON. */
export interface AttackCounts {
  /** Connections that the system established, also those that pong closed at once. */
  connected: number;
  /** Connections that the system could not establish, by code. */
  readonly failed: Record<string, number>;
  /** Completed handshakes, and completed calls. */
  handshakes: number;
  calls: number;
}

/** A connection that has exchanged identities. */
export interface IdentifiedClient {
  readonly tcp: Socket;
  readonly tls: TLSSocket;
  readonly channel: SocketChannel;
  readonly exchange: ClientExchange;
  readonly endpoint: CallEndpoint;
}

/** Works under way at one time: with more of them, this process would measure itself. */
const UNDER_WAY_MAX = 1000;

/** A refused worker tries again after this time. */
const AFTER_FAILURE_MS = 20;

/** The system repeats a request for a connection after 1 s and 3 s. */
const CONNECTING_MS = 5000;

/** Handshakes under way at a time while many connections are opened: more would only slow each of them down. */
const OPENING_AT_A_TIME = 20;

/** How long an attacker waits for pong: longer than any pong should take. */
const PATIENCE_MS = 60_000;

/** Often enough that the work of one tick is small. */
const TICK_MS = 5;

/** The largest answer that an attack asks for, and more. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024;

/** The attacking end: it opens connections from its own addresses, at a bounded rate, and counts them. */
export class Attacker {
  readonly port: number;
  /** Aborted when the attack is over. */
  readonly over: AbortSignal;
  /** Reports that its traffic flows. */
  readonly ready: () => void;
  readonly secureContext: SecureContext;
  readonly counts: AttackCounts = { connected: 0, failed: {}, handshakes: 0, calls: 0 };
  readonly #addresses: readonly string[];
  readonly #open = new Set<Socket>();
  readonly #connecting = new Set<Promise<unknown>>();
  #next = 0;

  constructor(options: {
    readonly port: number;
    readonly addresses: readonly string[];
    readonly pem: string;
    readonly over: AbortSignal;
    readonly ready: () => void;
  }) {
    this.port = options.port;
    this.over = options.over;
    this.ready = options.ready;
    this.#addresses = options.addresses;
    this.secureContext = createSecureContext({ cert: options.pem, key: options.pem });
  }

  /** How many of its connections are open. */
  get open(): number {
    return this.#open.size;
  }

  /** The next of its addresses. */
  nextAddress(): string {
    return this.#addresses[this.#next++ % this.#addresses.length] ?? '';
  }

  /** Opens a TCP connection. @throws the system's error. */
  async connectTcp(): Promise<Socket> {
    const localAddress = this.nextAddress();
    // With Nagle's algorithm, each of its small writes would wait up to 40 ms for pong's acknowledgement of the one before.
    const socket = createConnection({ host: '127.0.0.1', port: this.port, localAddress, noDelay: true });
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    const settled = opened.catch(() => undefined);
    this.#connecting.add(settled);
    try {
      await opened;
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      // A reset answers an established connection; where none is established, the system reports a refusal or a timeout.
      if (code === 'ECONNRESET') this.counts.connected++;
      else this.counts.failed[code] = (this.counts.failed[code] ?? 0) + 1;
      throw error;
    } finally {
      this.#connecting.delete(settled);
    }
    this.counts.connected++;
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  /** Opens a TLS connection. @throws the system's error, or that of the handshake. */
  async connectTls(): Promise<{ readonly tcp: Socket; readonly tls: TLSSocket }> {
    const tcp = await this.connectTcp();
    const tls = connect({ socket: tcp, secureContext: this.secureContext, rejectUnauthorized: false });
    tls.on('error', () => undefined);
    const closed = once(tcp, 'close').then(() => Promise.reject(new Error('closed in the handshake')));
    await Promise.race([once(tls, 'secureConnect'), closed]);
    closed.catch(() => undefined);
    this.counts.handshakes++;
    return { tcp, tls };
  }

  /** Opens a connection up to the exchange of identities. @throws what ended it. */
  async identify(): Promise<IdentifiedClient> {
    const { tcp, tls } = await this.connectTls();
    const channel = socketChannel(tls, tcp);
    tls.write('MX\r\n\r\n');
    tls.write('MX-CLIENT 1.0\r\n\r\n');
    const deadline = Deadline.inMs(PATIENCE_MS);
    await readIdentity(channel.source, { purpose: 'the identity', deadline }, ['MX-SERVER']);
    const exchange = new ClientExchange(channel, 'listening', ANSWER_MAX_BYTES);
    return { tcp, tls, channel, exchange, endpoint: { baseUri: 'https://127.0.0.1/', remoteThumbprint: '' } };
  }

  /** Opens a number of connections that stay open after one call, each from the next address. */
  async openIdle(count: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0 && !this.over.aborted) {
        left--;
        const client = await this.identify().catch(() => undefined);
        if (client === undefined) continue;
        const { exchange, endpoint } = client;
        await call(exchange, getCapabilities, null, endpoint, Deadline.inMs(PATIENCE_MS)).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: OPENING_AT_A_TIME }, worker));
  }

  /** Starts works at a fixed rate until the end of the attack, without waiting for them. A work that fails is one of the results. */
  async atRate(perSecond: number, work: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    let started = 0;
    let underWay = 0;
    await this.every(TICK_MS, () => {
      const due = Math.floor(((performance.now() - startedMs) * perSecond) / 1000);
      for (; started < due; started++) {
        if (underWay >= UNDER_WAY_MAX) continue;
        underWay++;
        void work()
          .catch(() => undefined)
          .finally(() => underWay--);
      }
    });
  }

  /** Repeats a work on each of several workers until the end of the attack. */
  async repeat(workers: number, work: () => Promise<unknown>): Promise<void> {
    const worker = async (): Promise<void> => {
      while (!this.over.aborted) {
        await work().catch(async () => pause(AFTER_FAILURE_MS));
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  }

  /** Resolves at the end of the attack. */
  async end(): Promise<void> {
    if (!this.over.aborted) await once(this.over, 'abort');
  }

  /** Closes everything, and waits for connections that are being established: they count too, unless pong is frozen. */
  async close(run: Promise<void>): Promise<void> {
    await Promise.race([Promise.all(this.#connecting), pause(CONNECTING_MS)]);
    for (const socket of this.#open) socket.destroy();
    await Promise.race([run.catch(() => undefined), pause(CONNECTING_MS)]);
  }

  /** Calls a function periodically until the end of the attack. */
  async every(ms: number, work: () => void): Promise<void> {
    const timer = setInterval(work, ms);
    await this.end();
    clearInterval(timer);
  }
}
