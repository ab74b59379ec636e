import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server of a test, on a free port of 127.0.0.1. It is closed, with all its connections, when the test is over. */
export interface Peer {
  readonly port: number;
  /** Resolves when every connection that it accepted is gone. A test that leaks one never gets there. */
  allGone(): Promise<void>;
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
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    allGone: async () => {
      await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
  };
}

/** One that says these bytes to whoever connects, and then does no more. */
export function greeter(greeting: Uint8Array | string): Promise<Peer> {
  return tcpPeer((socket) => void socket.write(greeting));
}
