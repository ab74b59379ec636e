import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import type { Attack } from '../attack.js';
import type { Attacker } from '../attacker.js';

/** A server computes a signature for each ClientHello, and its sender nothing. */
async function recordClientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [NodeJS.Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  server.close();
  return bytes;
}

/** Connections for attacks that are slow: each takes a place for as long as pong lets it. */
const SLOW_CONNECTIONS = 200;

/**
 * Keeps a number of connections that each send one byte a second, so that none is ever silent.
 * @param open returns the connection's way to write.
 */
export async function dripBytes(
  attacker: Attacker,
  bytes: Buffer,
  open: () => Promise<(byte: Uint8Array) => unknown>,
): Promise<void> {
  attacker.ready();
  const writers = new Set<{ at: number; readonly write: (byte: Uint8Array) => unknown }>();
  const openAll = async (): Promise<void> => {
    for (let i = 0; i < SLOW_CONNECTIONS && !attacker.over.aborted; i++) {
      const write = await open().catch(() => undefined);
      if (write !== undefined) writers.add({ at: 0, write });
    }
  };
  const opening = openAll();
  await attacker.every(1000, () => {
    for (const writer of writers) {
      writer.write(bytes.subarray(writer.at, ++writer.at));
      if (writer.at === bytes.length) writers.delete(writer);
    }
  });
  await opening;
}

/** A client that negotiates again and again on one connection, which only TLS 1.2 lets it ask for. */
async function renegotiate(attacker: Attacker): Promise<void> {
  const address = attacker.nextAddress();
  const args = ['s_client', '-connect', `127.0.0.1:${attacker.port}`, '-bind', `${address}:0`, '-tls1_2'];
  attacker.ready();
  await attacker.repeat(RENEGOTIATING_CLIENTS, async () => {
    const client = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    client.stdin.on('error', () => undefined);
    const stop = (): void => void client.stdin.end('Q\n');
    attacker.over.addEventListener('abort', stop);
    let output = '';
    client.stdout.setEncoding('latin1').on('data', (text: string) => (output = (output + text).slice(0, 4096)));
    // With a line of only this letter, it renegotiates.
    const asking = setInterval(() => client.stdin.write('R\n'), RENEGOTIATE_EVERY_MS);
    await once(client, 'close');
    clearInterval(asking);
    attacker.over.removeEventListener('abort', stop);
    if (output.includes('CONNECTED(')) attacker.counts.connected++;
  });
}

const RENEGOTIATING_CLIENTS = 10;
const RENEGOTIATE_EVERY_MS = 20;

/** Handshakes: whole ones, halves, and slow ones. */
export const handshakeAttacks: readonly Attack[] = [
  {
    name: 'handshakes',
    traffic: '1,000 handshakes/s with a client certificate, closed at once',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(1000, async () => (await attacker.connectTls()).tcp.destroy());
    },
  },
  {
    name: 'client-hellos',
    traffic: '2,000 connections/s with a ClientHello that is never followed up',
    run: async (attacker) => {
      const hello = await recordClientHello();
      attacker.ready();
      await attacker.atRate(2000, async () => {
        const socket = await attacker.connectTcp();
        socket.write(hello);
        await once(socket, 'data');
        socket.destroy();
      });
    },
  },
  {
    name: 'tls-silent',
    traffic: '100 handshakes/s, kept open without a byte after them',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(100, async () => attacker.connectTls());
    },
  },
  {
    name: 'slow-hello',
    traffic: '200 connections that send one byte of a ClientHello a second',
    run: async (attacker) => {
      const hello = await recordClientHello();
      await dripBytes(attacker, hello, async () => {
        const socket = await attacker.connectTcp();
        return (byte) => socket.write(byte);
      });
    },
  },
  {
    name: 'renegotiation',
    traffic: `${RENEGOTIATING_CLIENTS} TLS 1.2 clients that ask for ${1000 / RENEGOTIATE_EVERY_MS} renegotiations/s each`,
    missing: () => (spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'),
    run: renegotiate,
  },
];
