import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A server of a test, on a free port of 127.0.0.1. It is closed, with all its connections, when the test is over. */
export interface Peer {
  readonly port: number;
  /** Resolves when every connection that it accepted is gone. A test that leaks one never gets there. */
  allGone(): Promise<void>;
}

const peers = new Set<Peer>();

/** Resolves when no peer of the running test has a connection any more. */
export async function allConnectionsGone(): Promise<void> {
  await Promise.all([...peers].map((peer) => peer.allGone()));
}

/** A TCP server that does to each connection what it is told, and takes in whatever comes. */
export async function tcpPeer(onConnection: (socket: Socket) => void, host = '127.0.0.1'): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    onConnection(socket);
    if (socket.listenerCount('readable') === 0) socket.resume();
  });
  await once(server.listen(0, host), 'listening');
  const peer = {
    port: (server.address() as AddressInfo).port,
    allGone: async () => {
      // Not by `once` of node:events, which takes an error for its own.
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
  };
  peers.add(peer);
  onTestFinished(() => {
    peers.delete(peer);
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return peer;
}

/**
 * Reset a connection of this process when its other end has read what it was sent. Together with bytes that are not read
 * yet, a reset reads as an end (libuv makes an end of "hung up" behind bytes).
 */
export async function resetWhenRead(socket: Socket): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  socket.resetAndDestroy();
}

/** One that says these bytes to whoever connects, and then does no more. */
export function greeter(greeting: Uint8Array | string): Promise<Peer> {
  return tcpPeer((socket) => void socket.write(greeting));
}
