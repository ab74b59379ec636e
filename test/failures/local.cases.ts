import { expect } from 'vitest';
import { tcpPeer } from '../peers/tcp-peer.js';
import { namespaces, program } from '../real-components.js';
import { attempt } from './attempt.js';
import { withoutFreeSockets } from './limits.js';
import { connectWhere, connectWithoutIpv6 } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();

export const localCases: readonly Provocation[] = [
  {
    id: 'local.exhausted',
    by: 'a process that may not open more files',
    needs: program('prlimit'),
    shownAt: 'tcp',
    provoke: async () => {
      const { port } = await tcpPeer(() => undefined);
      return withoutFreeSockets(() => attempt(port));
    },
    evidence: { code: 'EMFILE', syscall: 'connect' },
  },
  {
    id: 'local.no-source-address',
    by: 'a system without IPv6',
    needs,
    shownAt: 'tcp',
    provoke: () => connectWithoutIpv6(),
    evidence: { code: 'EADDRNOTAVAIL', syscall: 'connect', address: '::1' },
  },
  {
    id: 'local.blocked',
    by: 'a rule of this machine that prohibits the connection',
    needs,
    shownAt: 'tcp',
    provoke: () => connectWhere('ip route add prohibit 192.0.2.0/24'),
    evidence: { code: 'EACCES', syscall: 'connect' },
  },
  {
    id: 'internal.bug',
    by: 'a port that is out of range',
    shownAt: 'tcp',
    provoke: () => attempt(70_000),
    evidence: { code: 'OWN_BUG', bug: expect.stringContaining('70000') as unknown },
    mentions: /\btcp\b/,
  },
];
