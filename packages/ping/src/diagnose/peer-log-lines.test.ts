import { expect, it } from 'vitest';
import type { DiagnosisContext } from './diagnosis-context.js';
import { listPeerLogLines } from './peer-log-lines.js';

const numbers = (connections: DiagnosisContext['connections']): number[] =>
  listPeerLogLines({ connections }).map((line) => Number(/\d+/.exec(line)?.[0]));

it('counts as the log of a real Tentacle does: a client that is not trusted', () => {
  // Tentacle built from source with Halibut 8.1: 29 lines at Info, 20 empty requests, 1 page, 1 rejected thumbprint.
  expect(numbers({ tcp: 7, tls: 21, page: 1, identity: 0, call: 0 })).toEqual([29, 7, 20, 1, 1]);
});

it('a trusted client leaves calls in place of a rejected thumbprint', () => {
  expect(numbers({ tcp: 7, tls: 21, page: 1, identity: 1, call: 4 })).toEqual([29, 7, 20, 1, 4]);
});

it('a peer without TLS has no line of a request', () => {
  expect(numbers({ tcp: 2, tls: 0, page: 0, identity: 0, call: 0 })).toEqual([2, 2]);
});
