import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A test server on a free port of 127.0.0.1. It and its connections are closed at the end of the test. */
export interface Peer {
  readonly port: number;
  /** Resolves when every accepted connection is closed; never if a test leaks one. */
  allGone(): Promise<void>;
}

const peers = new Set<Peer>();

/** Resolves when no peer of the running test has an open connection. */
export async function allConnectionsGone(): Promise<void> {
  await Promise.all([...peers].map((peer) => peer.allGone()));
}

/** Starts a TCP server with a handler for each connection. It reads and discards all other data. */
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
      // Not `once` of node:events, which rejects on an error event.
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
 * Resets a connection of this process after its other end has read all bytes. With unread bytes, a reset would read as an
 * end of stream (libuv reports "hung up" after bytes as an end).
 */
export async function resetWhenRead(socket: Socket): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  socket.resetAndDestroy();
}

/** Starts a server that sends these bytes to any client and does nothing else. */
export function greeter(greeting: Uint8Array | string): Promise<Peer> {
  return tcpPeer((socket) => void socket.write(greeting));
}
