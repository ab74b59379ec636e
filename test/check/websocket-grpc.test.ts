import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testGrpc } from '../../packages/protocol/src/check/endpoints/test-grpc.js';
import { pemOf, testIdentity } from '../identities.js';
import { checksOf, found } from './endpoint-checks.js';

const identity = await testIdentity('Octopus Portal');

async function portOf(server: Server | Http2SecureServer | ReturnType<typeof createTlsServer>): Promise<number> {
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A web server that answers upgrades to one path as Halibut does, with this key. */
async function webSockets(keyOf: (key: string) => string): Promise<number> {
  const server = createServer(pemOf(identity), (_, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket) => {
    if (request.url !== '/OctopusComms' || request.headers['sec-websocket-protocol'] !== 'Octopus') {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const accept = createHash('sha1')
      .update(keyOf(request.headers['sec-websocket-key'] ?? ''))
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: Octopus\r\n\r\n`,
    );
  });
  return portOf(server);
}

const RFC_KEY = (key: string): string => `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;

describe('polling over WebSockets', () => {
  it('works where the connection is upgraded', async () => {
    const port = await webSockets(RFC_KEY);
    expect(found(await checksOf({ servers: [`wss://localhost:${port}`] }))).toEqual(['ok websocket.ok']);
  });

  it('does not at another path, with the key of another request, and where a web server answers', async () => {
    const port = await webSockets(RFC_KEY);
    const servers = [`wss://localhost:${port}/other`, `wss://localhost:${await webSockets(() => 'other')}`];
    const checks = await checksOf({ servers });
    expect(found(checks)).toEqual(['problem websocket.not-upgraded', 'problem websocket.not-upgraded']);
  });

  it('compares the configured thumbprint', async () => {
    const port = await webSockets(RFC_KEY);
    const poll = (thumbprint: string) => ({
      instances: [
        { servers: [{ thumbprint, style: 'polling', address: `wss://localhost:${port}/OctopusComms` } as const] },
      ],
    });
    expect(found(await checksOf(poll(identity.thumbprint)))).toEqual(['ok websocket.ok']);
    expect(found(await checksOf(poll('A'.repeat(40))))).toEqual(['problem trust.unexpected-thumbprint']);
  });

  it('is skipped where only the portal was asked for, and the portal does not offer it', async () => {
    const server = createServer(pemOf(identity), (_, response) => response.writeHead(404).end());
    const port = await portOf(server);
    const checks = await checksOf({ servers: [`https://localhost:${port}`] });
    expect(found(checks, 'web-socket')).toEqual(['skipped websocket.not-upgraded']);
  });
});

describe('gRPC', () => {
  const grpc = async (port: number): Promise<string[]> =>
    found(await checksOf({ servers: [`grpc://localhost:${port}`] }));

  it('works over HTTP/2', async () => {
    expect(await grpc(await portOf(createSecureServer(pemOf(identity))))).toEqual(['ok grpc.ok']);
  });

  it.each<[string, () => ReturnType<typeof createTlsServer>]>([
    [
      'with a server that offers HTTP/1.1 only',
      () => createServer({ ...pemOf(identity), ALPNProtocols: ['http/1.1'] }),
    ],
    ['with a server without ALPN', () => createTlsServer(pemOf(identity), (socket) => socket.resume())],
    [
      'with a server that chooses h2 and speaks HTTP/1.1',
      () =>
        createTlsServer({ ...pemOf(identity), ALPNProtocols: ['h2'] }, (socket) => {
          socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
        }),
    ],
  ])('does not work %s', async (_, server) => {
    expect(await grpc(await portOf(server()))).toEqual(['problem grpc.no-h2']);
  });

  it('is lost where a device closes the idle connection, and survives where none does', async () => {
    const server = createSecureServer(pemOf(identity));
    const sessions: { destroy: () => void }[] = [];
    server.on('session', (session) => sessions.push(session));
    const port = await portOf(server);
    const endpoint = { use: 'grpc', host: 'localhost', port, path: '', expected: [] } as const;
    const signal = new AbortController().signal;
    expect(found(await testGrpc({ endpoint, signal }, true, 50))).toEqual(['ok grpc.ok']);
    server.on('session', (session) => session.once('localSettings', () => session.destroy()));
    expect(found(await testGrpc({ endpoint, signal }, true, 50))).toEqual(['problem grpc.idle-closed']);
  });
});
