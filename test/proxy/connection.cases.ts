import { once } from 'node:events';
import { createConnection } from 'node:net';
import { onTestFinished } from 'vitest';
import { attempt, type Outcome } from '../failures/attempt.js';
import { connectToProxyWhere, lookUpProxy } from '../failures/namespace.js';
import type { Provocation } from '../failures/provocation.js';
import { hungListener, resettingListener } from '../peers/blocked-listener.js';
import { namespaces } from '../real-components.js';

const needs = namespaces();

/** A port without a listener, which is not needed because the proxy is not reached. */
const TARGET_PORT = 10933;

/** Runs the attempt's microtasks until it connects. */
async function runPendingWork(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  await new Promise((resolve) => process.nextTick(resolve));
}

function through(host: string, port: number, timeoutMs = 20_000): Promise<Outcome> {
  return attempt(TARGET_PORT, { host: 'tentacle.example', proxy: { host, port }, timeoutMs });
}

/** The connection to the proxy fails: the peer is not blamed, and this machine does not resolve its name. */
export const proxyConnectionCases: readonly Provocation[] = [
  {
    id: 'proxy.not-found',
    by: 'a resolver that does not know the name',
    needs,
    shownAt: 'dns',
    provoke: () => lookUpProxy(3),
    evidence: { code: 'ENOTFOUND', syscall: 'getaddrinfo', proxy: { host: 'proxy.example', port: 3128 } },
  },
  {
    id: 'proxy.not-found',
    by: 'a label that is too long',
    shownAt: 'dns',
    provoke: () => through(`${'a'.repeat(64)}.example`, 3128),
    evidence: { code: 'ENOTFOUND' },
    mentions: 'tentacle.example',
  },
  {
    id: 'proxy.dns-failed',
    by: 'a resolver that fails (SERVFAIL)',
    needs,
    shownAt: 'dns',
    provoke: () => lookUpProxy(2),
    evidence: { code: 'EAI_AGAIN' },
  },
  {
    id: 'proxy.dns-failed',
    by: 'a name that is too long',
    shownAt: 'dns',
    provoke: () => through('a.'.repeat(150), 3128),
    evidence: { code: 'EINVAL' },
  },
  {
    id: 'proxy.refused',
    by: 'a port without a listener',
    shownAt: 'tcp',
    provoke: () => through('127.0.0.1', 1),
    evidence: { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1' },
    mentions: '127.0.0.1:1',
  },
  {
    id: 'proxy.timeout',
    by: 'a hung process whose queue is full',
    shownAt: 'tcp',
    provoke: async () => {
      const { port } = await hungListener();
      for (let filler = 0; filler < 2; filler++) {
        const socket = createConnection({ host: '127.0.0.1', port });
        onTestFinished(() => void socket.destroy());
        await once(socket, 'connect');
      }
      return through('127.0.0.1', port, 300);
    },
    evidence: { code: 'CONNECT_TIMEOUT', address: '127.0.0.1' },
    mentions: 'tentacle.example:10933',
  },
  {
    id: 'proxy.unreachable',
    by: 'no route',
    needs,
    shownAt: 'tcp',
    provoke: () => connectToProxyWhere(),
    evidence: { code: 'ENETUNREACH', address: '192.0.2.1' },
  },
  {
    id: 'proxy.unreachable',
    by: 'an unreachable route',
    needs,
    shownAt: 'tcp',
    provoke: () => connectToProxyWhere('ip route add unreachable 192.0.2.0/24'),
    evidence: { code: 'EHOSTUNREACH' },
  },
  {
    id: 'proxy.connect-failed',
    by: 'a process that resets the connection before the client sees it',
    shownAt: 'tcp',
    provoke: async () => {
      const { port, waitForReset } = await resettingListener();
      const attempted = through('127.0.0.1', port);
      await runPendingWork();
      waitForReset();
      return attempted;
    },
    evidence: { code: 'ECONNRESET', syscall: 'connect' },
  },
];
