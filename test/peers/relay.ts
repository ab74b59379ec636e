import { createConnection, type Socket } from 'node:net';
import { type Peer, tcpPeer } from './tcp-peer.js';

/** The side from which bytes arrive. */
export type From = 'connector' | 'listener';

/** The two sides of a relayed connection. */
export type Sides = Readonly<Record<From, Socket>>;

/** Starts a TCP relay to a port of 127.0.0.1 that forwards the result of `through` for each chunk; undefined: nothing. */
export function relay(
  port: number,
  through: (from: From, chunk: Buffer, sides: Sides) => Buffer | undefined,
): Promise<Peer> {
  return tcpPeer((connector) => {
    const listener = createConnection({ host: '127.0.0.1', port, noDelay: true });
    const sides = { connector, listener };
    for (const [from, here, there] of [
      ['connector', connector, listener],
      ['listener', listener, connector],
    ] as const) {
      here.on('data', (chunk: Buffer) => {
        const forwarded = through(from, chunk, sides);
        if (forwarded !== undefined && !there.destroyed) there.write(forwarded);
      });
      here.on('end', () => void there.end());
      here.on('error', () => void there.destroy());
      here.on('close', () => void there.destroy());
    }
  });
}
