import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { type Cut, type Direction, opposite } from './cut.js';
import { HEADER_BYTES, RecordCounter } from './record-counter.js';

/** A TLS record that the relay received from one of the ends. */
export interface SeenRecord {
  readonly direction: Direction;
  /** TLS's content type: 22 handshake, 23 application data, ... */
  readonly type: number;
  /** The position of its first byte in that direction. */
  readonly start: number;
}

/** Which end did what to its side of the cut connection, or had it done by the relay; the first of them counts. */
export type ListenerSide = 'closed-by-listener' | 'fin' | 'reset';

/** A relay on loopback that cuts its first connection at one byte, and forwards all others. */
export class CuttingRelay {
  /** Records of the first connection, as they arrived here. */
  readonly records: SeenRecord[] = [];
  /** Bytes of the first connection, as they arrived here. */
  readonly bytes: Record<Direction, number> = { 'to-listener': 0, 'to-connector': 0 };
  /** The record that the cut byte belongs to, counted from 0 in its direction; undefined until the cut. */
  cutRecord: number | undefined;
  /** What happened on the listener's side, in order. */
  readonly listenerSide: ListenerSide[] = [];
  /** The port from which the first connection reached the listener. */
  listenerPort: number | undefined;
  /** Resolves when the connection was cut, or when the relay is closed. */
  readonly done: Promise<void>;
  readonly #counters = { 'to-listener': new RecordCounter(), 'to-connector': new RecordCounter() };
  readonly #isSilenced = { 'to-listener': false, 'to-connector': false };
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  readonly cut: Cut | undefined;
  /** Bytes of the first connection that were forwarded to the listener. */
  forwardedToListener = 0;
  #server: Server | undefined;
  #finish: () => void = () => undefined;
  #hasConnection = false;

  private constructor(target: number, cut: Cut | undefined) {
    this.#target = target;
    this.cut = cut;
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  /** Starts a relay to a port of 127.0.0.1. Without a cut it forwards everything. */
  static async start(target: number, cut?: Cut): Promise<CuttingRelay> {
    const relay = new CuttingRelay(target, cut);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => relay.#accept(socket));
    relay.#server = server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  /** Resolves when the first connection is closed at both sides. */
  async closed(): Promise<void> {
    await Promise.all([...this.#sockets].map(async (socket) => once(socket, 'close')));
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#finish();
  }

  #accept(connector: Socket): void {
    const isFirst = !this.#hasConnection;
    this.#hasConnection = true;
    const listener = createConnection({ host: '127.0.0.1', port: this.#target, allowHalfOpen: true, noDelay: true });
    this.#sockets.add(connector).add(listener);
    connector.pause();
    listener.once('connect', () => {
      if (isFirst) this.listenerPort = listener.localPort;
      connector.resume();
    });
    const sides = { 'to-listener': listener, 'to-connector': connector };
    for (const direction of ['to-listener', 'to-connector'] as const) {
      const [from, to] = [sides[opposite(direction)], sides[direction]];
      from.on('close', () => this.#sockets.delete(from));
      if (isFirst) this.#forwardFirst(direction, from, to, sides);
      else forward(from, to);
    }
  }

  #forwardFirst(direction: Direction, from: Socket, to: Socket, sides: Readonly<Record<Direction, Socket>>): void {
    from.on('data', (chunk: Buffer) => {
      const start = this.bytes[direction];
      const cut = this.cut?.direction === direction && this.cutRecord === undefined ? this.cut : undefined;
      const index = cut === undefined || cut.at >= start + chunk.length ? undefined : cut.at - start;
      this.#count(direction, chunk, index);
      if (this.#isSilenced[direction]) return;
      if (direction === 'to-listener') this.forwardedToListener += index ?? chunk.length;
      if (cut === undefined || index === undefined) {
        to.write(chunk);
        return;
      }
      if (cut.kind === 'damage') {
        const damaged = Buffer.from(chunk);
        // Another bit at each position, so that all of them are tried.
        damaged.writeUInt8(damaged.readUInt8(index) ^ (1 << (cut.at % 8)), index);
        to.write(damaged);
      } else {
        if (index > 0) to.write(chunk.subarray(0, index));
        this.#apply(cut, sides);
      }
      this.#finish();
    });
    from.on('end', () => {
      if (direction === 'to-connector') this.listenerSide.push('closed-by-listener');
      if (this.#isSilenced[direction]) return;
      this.#finAt(direction, to);
    });
    from.on('error', () => {
      if (direction === 'to-connector') this.listenerSide.push('closed-by-listener');
      if (!this.#isSilenced[direction]) this.#resetAt(direction, to);
    });
  }

  /** Does to the connection what the cut says. */
  #apply({ kind, direction }: Cut, sides: Readonly<Record<Direction, Socket>>): void {
    const isBoth = kind !== 'fin' && kind !== 'drop';
    const directions = isBoth ? [direction, opposite(direction)] : [direction];
    for (const one of directions) {
      this.#isSilenced[one] = true;
      if (kind === 'reset') this.#resetAt(one, sides[one]);
      else if (kind === 'fin' || kind === 'fin-both') this.#finAt(one, sides[one]);
    }
  }

  #finAt(direction: Direction, socket: Socket): void {
    if (direction === 'to-listener') this.listenerSide.push('fin');
    socket.end();
  }

  #resetAt(direction: Direction, socket: Socket): void {
    if (direction === 'to-listener') this.listenerSide.push('reset');
    if (!socket.destroyed) socket.resetAndDestroy();
  }

  #count(direction: Direction, chunk: Buffer, cutIndex: number | undefined): void {
    const counter = this.#counters[direction];
    for (const [index, byte] of chunk.entries()) {
      const type = counter.add(byte);
      if (type !== undefined)
        this.records.push({ direction, type, start: this.bytes[direction] + index + 1 - HEADER_BYTES });
      if (index === cutIndex) this.cutRecord = counter.begun - 1;
    }
    this.bytes[direction] += chunk.length;
  }
}

/** Forwards everything of one direction, and the end of it. */
function forward(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => void to.write(chunk));
  from.on('end', () => void to.end());
  from.on('error', () => void to.destroy());
}
