import { namespaces } from '../real-components.js';
import { attempt } from './attempt.js';
import { connectByName, lookUp } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();

export const dnsCases: readonly Provocation[] = [
  {
    id: 'dns.not-found',
    by: 'a resolver that does not know the name',
    needs,
    provoke: () => lookUp(3),
    evidence: { code: 'ENOTFOUND', syscall: 'getaddrinfo', receivedBytes: 0 },
  },
  {
    id: 'dns.not-found',
    by: 'a label that is too long',
    provoke: () => attempt(1, { host: `${'a'.repeat(64)}.example` }),
    evidence: { code: 'ENOTFOUND' },
    mentions: `${'a'.repeat(64)}.example`,
  },
  {
    id: 'dns.servfail',
    by: 'a resolver that fails (SERVFAIL)',
    needs,
    provoke: () => lookUp(2),
    evidence: { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
  },
  {
    id: 'dns.servfail',
    by: 'a resolver that refuses (REFUSED)',
    needs,
    provoke: () => lookUp(5),
    evidence: { code: 'EAI_AGAIN' },
  },
  {
    id: 'dns.timeout',
    by: "a silent resolver, until the system's timeout",
    needs,
    provoke: () => lookUp('silent'),
    evidence: { code: 'EAI_AGAIN' },
  },
  {
    id: 'dns.timeout',
    by: 'a silent resolver, until the time-out expires',
    needs,
    provoke: () => lookUp('silent', 300),
    evidence: { code: 'DNS_TIMEOUT' },
  },
  {
    id: 'dns.local-address',
    shownAt: 'tcp',
    by: 'a name that leads to a loopback address',
    needs,
    provoke: () => connectByName(['127.0.0.1']),
    evidence: { code: 'ECONNREFUSED', address: '127.0.0.1' },
  },
  {
    id: 'dns.local-address',
    shownAt: 'tcp',
    by: 'a name that a filter resolves to 0.0.0.0',
    needs,
    provoke: () => connectByName(['0.0.0.0']),
    evidence: { code: 'ECONNREFUSED', address: '0.0.0.0' },
  },
  {
    id: 'dns.local-address',
    shownAt: 'tcp',
    by: "a name that leads to this machine's own address",
    needs,
    provoke: () => connectByName(['192.0.2.9'], 'ip addr add 192.0.2.9/32 dev lo'),
    evidence: { code: 'ECONNREFUSED', address: '192.0.2.9' },
  },
  {
    id: 'dns.other',
    by: 'a name that is too long',
    provoke: () => attempt(1, { host: 'a.'.repeat(150) }),
    evidence: { code: 'EINVAL', syscall: 'getaddrinfo' },
  },
];
