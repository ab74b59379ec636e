import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { Bson } from '../peers/bson-bytes.js';
import { CAPABILITIES, responseBytes, ServiceConnection } from '../peers/service-connection.js';
import type { Lab } from './lab.js';
import type { Files } from './servers.js';

/** Starts a Node TCP server. @returns its port. */
export async function tcpServer(lab: Lab, onConnection: (socket: Socket) => void, port = 0): Promise<number> {
  return listening(lab, createServer({ noDelay: true }, onConnection), port);
}

/** Starts a server that sends these bytes at once, or after the first bytes from the client. @returns its port. */
export async function greeter(lab: Lab, greeting: Uint8Array | string, waitsForClient = false): Promise<number> {
  return tcpServer(lab, (socket) => {
    if (waitsForClient) socket.once('data', () => void socket.end(greeting));
    else socket.write(greeting);
    socket.resume();
  });
}

/** Starts a Node TLS server. @returns its port. */
export async function tlsServer(
  lab: Lab,
  files: Files,
  options: TlsOptions,
  onSecure: (socket: TLSSocket) => void,
): Promise<number> {
  const [cert, key] = [await readFile(files.cert, 'utf8'), await readFile(files.key, 'utf8')];
  const server = createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false, ...options });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    onSecure(socket);
  });
  return listening(lab, server, 0);
}

/** The behavior of a Halibut listener that is not tentacle-pong. */
export interface Listener {
  readonly page: string;
  readonly trusts: boolean;
  /** The result of a call; absent: an error, because the service does not exist. */
  readonly result?: Bson;
}

export const TENTACLE: Listener = {
  page: '<html><body><p>Octopus Tentacle configured successfully</p></body></html>',
  trusts: true,
  result: CAPABILITIES,
};

/** Starts a Halibut listener that does not use the code under test. @returns its port. */
export async function halibut(lab: Lab, files: Files, listener: Listener, options: TlsOptions = {}): Promise<number> {
  return tlsServer(lab, files, options, (socket) => {
    converse(new ServiceConnection(socket), listener).catch(() => socket.destroy());
  });
}

async function converse(connection: ServiceConnection, { page, trusts, result }: Listener): Promise<void> {
  const first = await connection.readLine();
  while ((await connection.readLine()) !== '');
  if (first !== 'MX') {
    const head = `HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${page.length}\r\n\r\n`;
    await connection.send(`${head}${page}\r\n\r\n`);
  } else if (trusts) {
    while ((await connection.readLine()) !== '');
    await connection.send('MX-SERVER 1.0\r\n\r\n');
    const none = { message: 'Service not found: ICapabilitiesServiceV2', details: null };
    for (;;) {
      const id = await connection.readRequest();
      await connection.send(result === undefined ? responseBytes(id, null, none) : responseBytes(id, result));
      if ((await connection.readLine()) !== 'NEXT') break;
      await connection.send('PROCEED\r\n');
    }
  }
  connection.socket.end();
}

async function listening(lab: Lab, server: Server, port: number): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  lab.onClose(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
