import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { hungListener, resettingListener } from '../peers/blocked-listener.js';
import { namespaces } from '../real-components.js';
import { freePort } from '../free-port.js';
import { attempt } from './attempt.js';
import { connectByName, connectToIpv6, connectWhere } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();

/** Lets all work of this turn of the event loop run as far as it can without another turn. */
async function runPendingWork(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  await new Promise((resolve) => process.nextTick(resolve));
}

export const tcpCases: readonly Provocation[] = [
  {
    id: 'tcp.refused',
    by: 'a port without a listener',
    provoke: async () => attempt(await freePort()),
    evidence: { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', receivedBytes: 0 },
    mentions: '127.0.0.1:',
  },
  {
    id: 'tcp.refused',
    by: 'a port without a listener, by name',
    provoke: async () => attempt(await freePort(), { host: 'localhost' }),
    evidence: { code: 'ECONNREFUSED', address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) as unknown },
    mentions: 'localhost:',
  },
  {
    id: 'tcp.timeout',
    by: 'a hung process whose queue is full',
    provoke: async () => {
      const { port } = await hungListener();
      for (let filler = 0; filler < 2; filler++) {
        const socket = createConnection({ host: '127.0.0.1', port });
        onTestFinished(() => void socket.destroy());
        await once(socket, 'connect');
      }
      return attempt(port, { timeoutMs: 300 });
    },
    evidence: { code: 'CONNECT_TIMEOUT', address: '127.0.0.1', receivedBytes: 0 },
  },
  {
    id: 'tcp.no-route',
    by: 'a machine without a route',
    needs,
    provoke: () => connectWhere(),
    evidence: { code: 'ENETUNREACH', syscall: 'connect', address: '192.0.2.1' },
  },
  {
    id: 'tcp.no-route-v6',
    by: 'a machine without a route for IPv6',
    needs,
    provoke: () => connectToIpv6(),
    evidence: { code: 'ENETUNREACH', syscall: 'connect', address: '2001:db8::1' },
  },
  {
    id: 'tcp.rejected',
    by: 'an unreachable route',
    needs,
    provoke: () => connectWhere('ip route add unreachable 192.0.2.0/24'),
    evidence: { code: 'EHOSTUNREACH', syscall: 'connect' },
  },
  {
    id: 'tcp.host-down',
    by: 'a machine on the same network that does not reply',
    needs,
    provoke: () =>
      connectWhere(
        'ip link add near0 type veth peer name far0',
        'ip addr add 192.0.2.9/24 dev near0',
        'ip link set near0 up; ip link set far0 up',
      ),
    evidence: { code: 'EHOSTUNREACH', syscall: 'connect' },
  },
  {
    id: 'tcp.reset',
    by: 'a process that resets the connection before the client sees it',
    provoke: async () => {
      const { port, waitForReset } = await resettingListener();
      const attempted = attempt(port);
      await runPendingWork();
      waitForReset();
      return attempted;
    },
    evidence: { code: 'ECONNRESET', syscall: 'connect', receivedBytes: 0 },
  },
  {
    id: 'tcp.link-local',
    by: 'a link-local address without a zone',
    needs,
    provoke: () => connectByName(['fe80::10']),
    evidence: { code: 'EINVAL', syscall: 'connect', address: 'fe80::10' },
  },
  {
    id: 'tcp.other',
    by: 'a blackhole route',
    needs,
    provoke: () => connectWhere('ip route add blackhole 192.0.2.0/24'),
    evidence: { code: 'EINVAL', syscall: 'connect' },
  },
];
