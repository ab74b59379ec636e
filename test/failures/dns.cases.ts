import { namespaces } from '../real-components.js';
import { attempt } from './attempt.js';
import { lookUp } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();

export const dnsCases: readonly Provocation[] = [
  {
    id: 'dns.not-found',
    by: 'a resolver that knows no such name',
    needs,
    provoke: () => lookUp(3),
    evidence: { code: 'ENOTFOUND', syscall: 'getaddrinfo', receivedBytes: 0 },
  },
  {
    id: 'dns.not-found',
    by: 'a label that no name can have',
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
    by: 'a silent resolver, for as long as the system waits',
    needs,
    provoke: () => lookUp('silent'),
    evidence: { code: 'EAI_AGAIN' },
  },
  {
    id: 'dns.timeout',
    by: 'a silent resolver, for as long as we wait',
    needs,
    provoke: () => lookUp('silent', 300),
    evidence: { code: 'DNS_TIMEOUT' },
  },
  {
    id: 'dns.other',
    by: 'a name longer than names can be',
    provoke: () => attempt(1, { host: 'a.'.repeat(150) }),
    evidence: { code: 'EINVAL', syscall: 'getaddrinfo' },
  },
];
