import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { HandshakeError } from '../net/transport-error.js';
import { HandshakeTurns } from './handshake-turns.js';

const HELLO = Buffer.from([0x16, 0x03, 0x01]);
const LONG_MS = 60_000;

const server = createServer();
const sockets: Socket[] = [];

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** Returns the accepted end of a connection and the other one. */
async function pair(): Promise<[Socket, Socket]> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = createConnection((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  for (const one of [client, socket]) one.on('error', () => undefined);
  sockets.push(client, socket);
  return [socket, client];
}

describe('HandshakeTurns', () => {
  it('lets a handshake begin at once where none has begun in this turn of the event loop', async () => {
    const turns = new HandshakeTurns();
    const [socket] = await pair();
    let hasBegun = false;
    void turns
      .take({ address: 'a', socket, firstBytes: HELLO, deadline: Deadline.inMs(LONG_MS) })
      .then(() => (hasBegun = true));
    await Promise.resolve();
    await Promise.resolve();
    expect(hasBegun).toBe(true);
  });

  it('begins one in each turn of the event loop, and lets the addresses take turns', async () => {
    const turns = new HandshakeTurns();
    const begun: string[] = [];
    const [socket] = await pair();
    // One address has many that wait before another one comes.
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1']) {
      const address = name.slice(0, 1);
      void turns
        .take({ address, socket, firstBytes: HELLO, deadline: Deadline.inMs(LONG_MS) })
        .then(() => begun.push(name));
    }
    const after: number[] = [];
    while (begun.length < 8) {
      await nextTurn();
      after.push(begun.length);
    }
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4', 'a5']);
    const each = after.map((count, i) => count - (after[i - 1] ?? 1));
    expect(Math.max(...each)).toBe(1);
    // Everything was taken: the next one begins at once again.
    await nextTurn();
    await turns.take({ address: 'a', socket, firstBytes: HELLO, deadline: Deadline.inMs(LONG_MS) });
  });

  it('passes the turn of a connection that closes to the next one', async () => {
    const turns = new HandshakeTurns();
    const [one, leaver] = await pair();
    const [other] = await pair();
    const deadline = Deadline.inMs(LONG_MS);
    await turns.take({ address: 'a', socket: one, firstBytes: HELLO, deadline });
    const waiting = turns.take({ address: 'a', socket: one, firstBytes: HELLO, deadline });
    const next = turns.take({ address: 'a', socket: other, firstBytes: HELLO, deadline });
    one.destroy();
    leaver.destroy();
    // It closes before its turn: both are settled in the order of their turns otherwise.
    one.emit('close', false);
    await expect(waiting).rejects.toMatchObject({ code: 'TLS_CLOSED', receivedBytes: HELLO.length });
    await next;
  });

  it('counts the waiting time in the deadline of the handshake', async () => {
    const turns = new HandshakeTurns();
    const [socket] = await pair();
    socket.setMaxListeners(0);
    const deadline = Deadline.inMs(0);
    const first = turns.take({ address: 'a', socket, firstBytes: HELLO, deadline });
    // As many as keep the turns busy until the timer of the last one fires.
    const others = Array.from({ length: 1000 }, async () =>
      turns.take({ address: 'a', socket, firstBytes: HELLO, deadline }),
    );
    await first;
    const results = await Promise.allSettled(others);
    const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]).toBeInstanceOf(HandshakeError);
    expect(failed[0]).toMatchObject({ code: 'TLS_TIMEOUT', firstBytes: HELLO });
    expect(socket.destroyed).toBe(true);
  });
});
