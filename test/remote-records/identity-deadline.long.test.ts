import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

/** The type of an encrypted TLS record, of which a client sends three to end a TLS 1.3 handshake: Certificate, CertificateVerify, Finished. */
const ENCRYPTED = 23;
const ENCRYPTED_OF_TLS = 3;

/** Splits off the whole records that belong to the handshake: whether writes are joined depends on the load. */
class HandshakeRecords {
  #rest = Buffer.alloc(0);
  #encrypted = 0;

  next(chunk: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const records: Buffer[] = [];
    while (this.#rest.length >= 5 && this.#encrypted < ENCRYPTED_OF_TLS) {
      const end = 5 + this.#rest.readUInt16BE(3);
      if (this.#rest.length < end) break;
      if (this.#rest[0] === ENCRYPTED) this.#encrypted++;
      records.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return Buffer.concat(records);
  }
}

let stop: () => void = () => undefined;
afterEach(() => stop());

/** A device that holds back what the second connection sends after TLS, and looks like this client by its ports. */
async function device(port: number): Promise<number> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const isHeldBack = ++connections === 2;
    const target = createConnection({
      host: '127.0.0.1',
      port,
      localAddress: '127.0.0.2',
      localPort: client.remotePort ?? 0,
    });
    const handshake = new HandshakeRecords();
    client.on('data', (chunk: Buffer) => void target.write(isHeldBack ? handshake.next(chunk) : chunk));
    target.on('data', (chunk: Buffer) => void client.write(chunk));
    for (const [here, there] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(here);
      here.on('error', () => void there.destroy());
      here.on('close', () => void there.destroy());
      here.on('end', () => void there.end());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return (server.address() as AddressInfo).port;
}

it('a client whose identity is held back: the records of pong show that it waited until its deadline', async () => {
  const pong = await startPong('--identity-timeout', '2s');
  const port = await device(pong.port);
  const { stdout } = await command('ping', [`127.0.0.1:${port}`, '-c', '3', '-W', '20s', '--json', '-q']).ended;
  pong.process.kill('SIGTERM');
  await pong.ended;
  const { verdict, otherEnd } = reportOf(stdout);
  expect(verdict.certainty.kind).toBe('ambiguous');
  const [failure] = (otherEnd as ComparedEnds).failures;
  expect(failure).toMatchObject({ id: verdict.id, of: 1, waitedThere: 1, uncertain: 0 });
  expect(failure?.endings[0]?.ending).toBe('trust.silent-client');
});
