import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

/** More than a ClientHello and the last part of a TLS 1.3 handshake with a certificate; both arrive in pieces of their own. */
const PIECES_OF_TLS = 2;

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
    let pieces = 0;
    client.on('data', (chunk: Buffer) => {
      if (!isHeldBack || ++pieces <= PIECES_OF_TLS) target.write(chunk);
    });
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
  // How much of it arrived depends on how the client's writes are joined.
  expect(['trust.silent-client', 'preamble.timeout', 'identity.timeout']).toContain(failure?.endings[0]?.ending);
});
