import { expect, it } from 'vitest';
import type { DiagnosisContext } from './diagnosis-context.js';
import { listPeerLogLines } from './peer-log-lines.js';

const numbers = (connections: DiagnosisContext['connections']): number[] =>
  listPeerLogLines({ connections, page: undefined, problems: [] }).map((line) => Number(/\d+/.exec(line)?.[0]));

it('counts as the log of a real Tentacle does: a client that is not trusted', () => {
  // Tentacle 9.2 with Halibut 8.1: 28 lines at Info, 21 empty requests, 1 page, 1 rejected thumbprint, no error.
  const connections = { cutTls: 0, failedTls: 6, tls: 21, page: 1, identity: 0, call: 0 };
  expect(numbers(connections)).toEqual([28, 6, 20, 1, 1]);
});

it('a trusted client leaves its authentication and calls in place of a rejected thumbprint', () => {
  const connections = { cutTls: 0, failedTls: 6, tls: 21, page: 1, identity: 1, call: 4 };
  expect(numbers(connections)).toEqual([28, 1, 6, 20, 1, 4]);
});

it('only a handshake that this end cuts leaves an error', () => {
  const lines = (cutTls: number): string[] =>
    listPeerLogLines({
      connections: { cutTls, failedTls: 1, tls: 1, page: 0, identity: 0, call: 0 },
      page: undefined,
      problems: [],
    }).filter((line) => line.includes('ERROR'));
  expect([lines(0).length, lines(2).length]).toEqual([0, 1]);
});

it('a program that writes no such log is left out', () => {
  const connections = { cutTls: 0, failedTls: 6, tls: 21, page: 1, identity: 0, call: 0 };
  const page = { author: 'web-server', status: 200, text: 'Welcome' } as const;
  expect(listPeerLogLines({ connections, page, problems: [] })).toEqual([]);
});
