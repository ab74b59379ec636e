import { namespaces } from '../real-components.js';
import { attempt } from './attempt.js';
import { lookUp } from './namespace.js';
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
    id: 'dns.other',
    by: 'a name that is too long',
    provoke: () => attempt(1, { host: 'a.'.repeat(150) }),
    evidence: { code: 'EINVAL', syscall: 'getaddrinfo' },
  },
];
