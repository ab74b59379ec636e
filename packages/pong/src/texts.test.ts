import { expect, test } from 'vitest';
import type { Summary } from './summary.js';
import { listeningText, summaryText } from './texts.js';

const THUMBPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

const SUMMARY: Summary = {
  schema: 'tentacle-pong/summary/1',
  tool: { name: 'tentacle-pong', version: '0.1.0' },
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:10:00.000Z',
  port: 10933,
  thumbprint: THUMBPRINT,
  connections: { total: 104, open: 0, peak: 3 },
  endings: { served: 100, 'refused.thumbprint': 4 },
  calls: { 'ITentaclePongService.Echo': 100 },
  durations: {
    count: 104,
    minUs: 870,
    meanUs: 2000,
    p50Us: 1251,
    p90Us: 4000,
    p99Us: 61_234_567,
    maxUs: 600_000_000,
    histogram: '',
  },
  refused: [{ thumbprint: THUMBPRINT, count: 4, lastAddress: '192.0.2.7' }],
};

test('the summary, for people', () => {
  const bars = [{ belowUs: 1000, count: 52 }, { belowUs: 2000, count: 51 }, { count: 1 }];
  expect(summaryText(SUMMARY, bars)).toBe(`
104 connections, at most 3 at a time.

How they ended
  served              100  Served
  refused.thumbprint    4  Refused: its thumbprint is not trusted

How long they took
  min 870 us, mean 2 ms, p50 1.25 ms, p90 4 ms, p99 61.2 s, max 10 min
  under 1 ms  52  ##############################
  under 2 ms  51  ##############################
  longer       1  #

Calls
  ITentaclePongService.Echo  100

Refused, with the option that lets them in
  --trust ${THUMBPRINT}  4 times, last from 192.0.2.7
`);
});

test('what is said at the start', () => {
  const listening = {
    schema: 'tentacle-pong/listening/1' as const,
    port: 10933,
    addresses: ['192.0.2.10', '2001:db8::10'],
    thumbprint: THUMBPRINT,
    pongKey: 'C'.repeat(64),
    pingCommand: `tentacle-ping 192.0.2.10:10933 --thumbprint ${THUMBPRINT}`,
  };
  expect(
    listeningText(listening, { version: '0.1.0', trusts: 2, notes: ['made a certificate'] }),
  ).toBe(`tentacle-pong 0.1.0 listens on port 10933. Ctrl+C ends it and prints what came.

  thumbprint  ${THUMBPRINT}
  addresses   192.0.2.10
              2001:db8::10
  answers     2 clients that --trust names
  note        made a certificate

On the other machine run:
  tentacle-ping 192.0.2.10:10933 --thumbprint ${THUMBPRINT}
and to prove that nothing on the way ends TLS, add:
  --pong-key ${'C'.repeat(64)}

`);
});
