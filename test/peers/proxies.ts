import { createConnection, type Socket } from 'node:net';
import type { HttpProxy } from '../../packages/protocol/src/index.js';
import { type Peer, tcpPeer } from './tcp-peer.js';

/** A proxy of a test, and what was asked of it. */
export interface TestProxy extends Peer {
  /** The heads of the requests that came, byte for byte. */
  readonly requests: string[];
  /** As a connector is told of it. */
  readonly address: HttpProxy;
}

/** A proxy that does this when a request's head has come whole. */
export async function proxyThat(does: (socket: Socket, request: string) => unknown): Promise<TestProxy> {
  const requests: string[] = [];
  const peer = await tcpPeer((socket) => {
    let head = '';
    const onData = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      socket.off('data', onData);
      socket.pause();
      requests.push(head);
      does(socket, head);
    };
    socket.on('data', onData);
  });
  return { ...peer, requests, address: { host: '127.0.0.1', port: peer.port } };
}

/** One that gives this answer to everything, and closes, or leaves the connection open. */
export function proxyThatSays(answer: string | Uint8Array, then: 'closes' | 'stays' = 'closes'): Promise<TestProxy> {
  return proxyThat((socket) => {
    socket.resume();
    if (then === 'closes') socket.end(answer);
    else socket.write(answer);
  });
}

/** One that opens the tunnel that it is asked for, with an answer in these pieces, each in a packet of its own. */
export function tunnelProxy(pieces: readonly string[]): Promise<TestProxy> {
  return proxyThat((socket, request) => {
    const [, host = '', port = ''] = /^CONNECT (.*):(\d+) /.exec(request) ?? [];
    const target = createConnection({ host: host.replaceAll(/[[\]]/g, ''), port: Number(port), noDelay: true });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
    target.on('connect', () => {
      const waiting = [...pieces];
      const next = (): void => {
        const piece = waiting.shift();
        if (piece === undefined) socket.pipe(target).pipe(socket);
        // A turn of the loop, in which the piece leaves alone.
        else socket.write(piece, () => setImmediate(next));
      };
      next();
    });
  });
}

export const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** An answer whole, with a body. */
export function httpAnswer(status: string, headers: readonly string[] = [], body = ''): string {
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');
}
