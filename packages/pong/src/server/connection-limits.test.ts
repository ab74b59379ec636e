import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { call } from 'tentacle-protocol';
import { echo } from 'tentacle-protocol/diagnostics';
import { expect, onTestFinished, test } from 'vitest';
import {
  clientHello,
  clientIdentity,
  introduced,
  startPong,
  tcp,
  tls,
  type TestClient,
  type TestPong,
} from '../testing/pong.test.support.js';

/** Starts a pong that is stopped at the end of the test. */
async function started(change: Parameters<typeof startPong>[0]): Promise<TestPong> {
  const pong = await startPong(change);
  onTestFinished(async () => pong.stop());
  return pong;
}

/** A connection from another address of this machine. */
async function tcpFrom(localAddress: string, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function callOnce({ exchange, endpoint, deadline }: TestClient): Promise<void> {
  await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
}

/** Resolves when the connection is closed. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  await once(socket, 'close');
}

test('one address has its own limit: another one is still served', async () => {
  const pong = await started({ limits: { connectionsPerAddressMax: 2 } });
  const holders = [await tcp(pong.port), await tcp(pong.port)];
  for (let i = 0; i < 3; i++) {
    await closed(await tcp(pong.port));
    expect(await pong.nextRecord()).toMatchObject({
      ending: 'limit.connections-per-address',
      address: '127.0.0.1',
      closedBy: 'local',
      bytesOut: 0,
    });
  }
  const other = await tcpFrom('127.0.0.2', pong.port);
  other.end('GET / HTTP/1.1\r\n\r\n');
  expect(await pong.nextRecord()).toMatchObject({ ending: 'not-tls.http', address: '127.0.0.2' });
  holders[0]?.destroy();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'probe.tcp' });
  await callOnce(await introduced(pong.port));
  expect(pong.tally.endings).toMatchObject({ 'limit.connections-per-address': 3 });
  expect(pong.tally.total).toBe(7);
});

test('a connection counts as unidentified until its identity has arrived', async () => {
  const pong = await started({ limits: { unidentifiedPerAddressMax: 1 } });
  const clients = [await introduced(pong.port), await introduced(pong.port)];
  const { secure } = await tls(pong.port);
  await closed(await tcp(pong.port));
  expect(await pong.nextRecord()).toMatchObject({ ending: 'limit.unidentified-per-address' });
  secure.write('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n');
  await once(secure, 'data');
  clients.push(await introduced(pong.port));
  for (const client of clients) await callOnce(client);
});

test('places are kept for an address that was served, and not for one that was only rejected', async () => {
  const { thumbprint } = await clientIdentity();
  // A tenth of them: one.
  const pong = await started({ limits: { connectionsMax: 10 }, trusted: new Set([thumbprint]) });
  const stranger = await tls(pong.port);
  stranger.secure.end('MX\r\n\r\n');
  expect(await pong.nextRecord()).toMatchObject({ ending: 'refused.no-certificate' });
  for (let i = 0; i < 9; i++) await tcpFrom('127.0.0.2', pong.port);
  await closed(await tcp(pong.port));
  expect(await pong.nextRecord()).toMatchObject({ ending: 'too-many-connections' });

  const free = await tcpFrom('127.0.0.2', pong.port);
  expect(await pong.nextRecord()).toMatchObject({ ending: 'too-many-connections', address: '127.0.0.2' });
  free.destroy();
});

test('an address that was served finds a place where others do not', async () => {
  const pong = await started({ limits: { connectionsMax: 10 } });
  const client = await introduced(pong.port);
  await callOnce(client);
  for (let i = 0; i < 8; i++) await tcpFrom('127.0.0.2', pong.port);
  await closed(await tcpFrom('127.0.0.2', pong.port));
  expect(await pong.nextRecord()).toMatchObject({ ending: 'too-many-connections', address: '127.0.0.2' });
  await callOnce(await introduced(pong.port));
});

/** Sends one byte after the other, slowly, until the connection is closed. */
function trickle(socket: Socket, bytes: Buffer): void {
  let sent = 0;
  const timer = setInterval(() => void socket.write(bytes.subarray(sent, ++sent)), 20);
  socket.once('close', () => clearInterval(timer));
  socket.resume();
}

/** Long enough for a handshake on a busy machine; each limit on silence is longer, so that only the deadline as a whole ends it. */
const DEADLINE_MS = 1500;

test.each([
  ['a ClientHello', 'tls.stalled', async (port: number) => trickle(await tcp(port), await clientHello())],
  [
    'a preamble',
    'preamble.timeout',
    async (port: number) => trickle((await tls(port)).secure, Buffer.alloc(10_000, 'A')),
  ],
  [
    'an identity',
    'identity.timeout',
    async (port: number) => {
      const { secure } = await tls(port);
      secure.write('MX\r\n\r\n');
      trickle(secure, Buffer.from(`MX-CLIENT ${'1'.repeat(10_000)}`));
    },
  ],
])('%s that arrives byte by byte ends at the deadline: %s', async (_, ending, provoke) => {
  const pong = await started({ limits: { identityMs: DEADLINE_MS } });
  await provoke(pong.port);
  const record = await pong.nextRecord();
  expect(record).toMatchObject({ ending, closedBy: 'local' });
  expect(record.durationUs).toBeGreaterThanOrEqual(DEADLINE_MS * 1000);
});

test('a client that only sends null messages has no more time for its first call', async () => {
  const pong = await started({ limits: { firstCallMs: 500, idleMs: 60_000 } });
  const { exchange, deadline } = await introduced(pong.port);
  await exchange.sendNullMessage(deadline);
  expect(await pong.nextRecord()).toMatchObject({ ending: 'rpc.no-call', calls: {} });
});
