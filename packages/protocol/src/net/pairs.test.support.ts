import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type Identity, createIdentity } from '../identity/identity.js';

/** The two ends of one thing. */
export interface Pair<T> {
  readonly connector: T;
  readonly listener: T;
}

const KEY = readFileSync(new URL('../../../../test/fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');

export function testIdentity(commonName: string): Promise<Identity> {
  return createIdentity({ commonName, key: KEY });
}

export async function testContext(commonName: string): Promise<SecureContext> {
  return createSecureContext((await testIdentity(commonName)).secureContextOptions);
}

/** A TCP connection within this process, both ends of it. It ends with the test. */
export async function tcpPair(options: { readonly allowHalfOpen?: boolean } = {}): Promise<Pair<Socket>> {
  const server = createServer({ noDelay: true, ...options });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const connector = createConnection({ host: '127.0.0.1', port, noDelay: true });
  const [listener] = (await once(server, 'connection')) as [Socket];
  server.close();
  for (const socket of [connector, listener]) socket.on('error', () => undefined);
  onTestFinished(() => {
    for (const socket of [connector, listener]) socket.destroy();
  });
  return { connector, listener };
}

/** A TLS connection within this process, made by Node alone, with the TCP connection beneath. */
export async function tlsPair(
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<Pair<TLSSocket> & { readonly tcp: Pair<Socket> }> {
  const secureContext = await testContext('Octopus Tentacle');
  const tcp = await tcpPair(options);
  const listener = new TLSSocket(tcp.listener, { isServer: true, secureContext, ...options });
  const connector = connect({ socket: tcp.connector, secureContext, rejectUnauthorized: false });
  for (const socket of [connector, listener]) socket.on('error', () => undefined);
  await Promise.all([once(connector, 'secureConnect'), once(listener, 'secure')]);
  return { connector, listener, tcp };
}

/** Returns all bytes until the end. */
export async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Bytes that repeat only after a long while, so that any that are lost, doubled or moved are noticed. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
  return bytes;
}

/** Lets the event loop turn, so that everything that is ready happens. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** This process does nothing else for so long, as on a machine that is too busy. */
export function standStill(spanMs: number): void {
  const untilMs = performance.now() + spanMs;
  while (performance.now() < untilMs);
}
