import { connect } from 'node:tls';
import { pemOf, testIdentity } from '../identities.js';
import type { From } from './relay.js';
import type { Peer } from './tcp-peer.js';
import { tlsPeer } from './tls-peer.js';

/**
 * Starts a device that terminates TLS and re-encrypts it to a port of 127.0.0.1: it reads every byte and forwards the
 * result of `through` for each chunk. `offset` is the position of its first byte in that direction.
 */
export async function tlsRelay(
  port: number,
  through: (from: From, chunk: Buffer, offset: number) => Buffer,
): Promise<Peer> {
  const own = pemOf(await testIdentity('device that terminates TLS'));
  return tlsPeer((connector) => {
    const listener = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
    for (const [from, here, there] of [
      ['connector', connector, listener],
      ['listener', listener, connector],
    ] as const) {
      let offset = 0;
      here.on('data', (chunk: Buffer) => {
        const forwarded = through(from, chunk, offset);
        offset += chunk.length;
        if (!there.destroyed && !there.write(forwarded)) {
          here.pause();
          there.once('drain', () => here.resume());
        }
      });
      here.on('end', () => void there.end());
      here.on('error', () => void there.destroy());
      here.on('close', () => void there.destroy());
    }
  });
}

/** Returns a function that changes the byte at an offset in the data from that side. */
export function changing(side: From, at: number) {
  return (from: From, chunk: Buffer, offset: number): Buffer => {
    const index = at - offset;
    if (from !== side || index < 0 || index >= chunk.length) return chunk;
    const changed = Buffer.from(chunk);
    changed[index] = 0xff ^ (chunk[index] ?? 0);
    return changed;
  };
}
