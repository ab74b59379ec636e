import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Attack } from '../attack.js';
import type { Attacker } from '../attacker.js';

/** More than pong grants any address, and fewer than this process may open. */
const SILENT_MAX = 12_000;

async function staySilent(attacker: Attacker, perSecond: number): Promise<void> {
  attacker.ready();
  await attacker.atRate(perSecond, async () => {
    if (attacker.open < SILENT_MAX) await attacker.connectTcp();
  });
}

async function connectAndClose(attacker: Attacker, perSecond: number): Promise<void> {
  attacker.ready();
  await attacker.atRate(perSecond, async () => (await attacker.connectTcp()).destroy());
}

/** Sends the same bytes on each new connection, and waits until pong closes it. */
async function sendBytes(attacker: Attacker, perSecond: number, bytes: () => Buffer): Promise<void> {
  attacker.ready();
  await attacker.atRate(perSecond, async () => {
    const socket = await attacker.connectTcp();
    socket.resume();
    socket.write(bytes());
    await once(socket, 'close');
  });
}

/** Connections that never get as far as TLS. */
export const connectionAttacks: readonly Attack[] = [
  {
    name: 'silent',
    traffic: '500 connections/s, kept open without a byte',
    run: async (attacker) => staySilent(attacker, 500),
  },
  {
    name: 'silent-many',
    traffic: '1,000 connections/s from 8 addresses, kept open without a byte',
    addresses: 8,
    run: async (attacker) => staySilent(attacker, 1000),
  },
  {
    name: 'connect-and-close',
    traffic: '500 connections/s, closed at once',
    run: async (attacker) => connectAndClose(attacker, 500),
  },
  {
    name: 'connect-and-close-fast',
    traffic: '2,000 connections/s, closed at once',
    run: async (attacker) => connectAndClose(attacker, 2000),
  },
  {
    name: 'log-unread',
    traffic: '500 connections/s, closed at once; no process reads the log',
    leavesLogUnread: true,
    run: async (attacker) => connectAndClose(attacker, 500),
  },
  {
    name: 'garbage',
    traffic: '300 connections/s with 1 KB of random bytes',
    run: async (attacker) => sendBytes(attacker, 300, () => randomBytes(1000)),
  },
  {
    name: 'http',
    traffic: '300 connections/s with an HTTP request without TLS',
    run: async (attacker) => sendBytes(attacker, 300, () => Buffer.from('GET / HTTP/1.1\r\nHost: pong\r\n\r\n')),
  },
];
