import { createConnection, type Socket } from 'node:net';
import type { HttpProxy } from '../../packages/protocol/src/index.js';
import { type Peer, tcpPeer } from './tcp-peer.js';

/** A test proxy with the requests that it received. */
export interface TestProxy extends Peer {
  /** The headers of the received requests, byte for byte. */
  readonly requests: string[];
  /** Its address for a connector. */
  readonly address: HttpProxy;
}

/** Starts a proxy that calls back when the headers of a request are complete. */
export async function proxyThat(onRequest: (socket: Socket, request: string) => unknown): Promise<TestProxy> {
  const requests: string[] = [];
  const peer = await tcpPeer((socket) => {
    let head = '';
    const onData = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      socket.off('data', onData);
      socket.pause();
      requests.push(head);
      onRequest(socket, head);
    };
    socket.on('data', onData);
  });
  return { ...peer, requests, address: { host: '127.0.0.1', port: peer.port } };
}

/** Starts a proxy that sends the same response to every request, and closes or leaves the connection open. */
export function proxyThatSays(answer: string | Uint8Array, then: 'closes' | 'stays' = 'closes'): Promise<TestProxy> {
  return proxyThat((socket) => {
    socket.resume();
    if (then === 'closes') socket.end(answer);
    else socket.write(answer);
  });
}

/** Starts a proxy that opens the requested tunnel and sends its response in these pieces, each in its own packet. */
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
        // Wait for one turn of the event loop, so that the piece is sent on its own.
        else socket.write(piece, () => setImmediate(next));
      };
      next();
    });
  });
}

export const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** Builds a complete HTTP response with a body. */
export function httpAnswer(status: string, headers: readonly string[] = [], body = ''): string {
  return [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');
}
