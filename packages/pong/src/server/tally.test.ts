import { bucketsOf } from 'tentacle-protocol/cli';
import { expect, test } from 'vitest';
import { endedRecord } from '../testing/ended-record.test.support.js';
import { renderPage } from './page.js';
import { RecordStore } from './record-store.js';
import { Tally } from './tally.js';

test('a tally without connections', () => {
  const { durations, endings, calls, refused, stages, totals } = new Tally();
  expect({ endings, calls, refused, stages, totals }).toEqual({
    endings: {},
    calls: {},
    refused: [],
    stages: {},
    totals: {},
  });
  expect(durations).toMatchObject({ count: 0, minUs: 0, meanUs: 0, p50Us: 0, p99Us: 0, maxUs: 0 });
});

test('durations have figures and a histogram', () => {
  const tally = new Tally();
  const durationsUs = [0, 1500, 1800, 40_000, 2_000_000_000, 10 ** 12];
  for (const durationUs of durationsUs) tally.ended(endedRecord({ durationUs }));
  expect(tally.durations).toMatchObject({ count: 6, minUs: 0, maxUs: 86_400_000_000 });
  expect(bucketsOf(tally.durations.histogram).reduce((sum, { count }) => sum + count, 0)).toBe(6);
});

test('durations are counted by what connections were for, failed ones apart', () => {
  const tally = new Tally();
  const echoes = { 'ITentaclePongService.Echo': 1 };
  for (const durationUs of [1, 2, 3]) tally.ended(endedRecord({ durationUs, calls: echoes }));
  tally.ended(endedRecord({ calls: { ...echoes, 'ITentaclePongService.LookAtMe': 1 } }));
  tally.ended(endedRecord({ calls: { ...echoes, 'ITentaclePongService.Upload': 1 } }));
  tally.ended(endedRecord({ calls: { ...echoes, 'ITentaclePongService.StopKeepAlive': 1 } }));
  tally.ended(endedRecord({ ending: 'http.page' }));
  tally.ended(endedRecord({ ending: 'rpc.reset', calls: echoes }));
  const counts = Object.entries(tally.totals).map(([kind, { count }]) => [kind, count]);
  expect(Object.fromEntries(counts)).toEqual({ ping: 3, probe: 2, idle: 1, transfer: 1 });
});

test('stages are timed as tentacle-ping names them; only echoes are round trips', () => {
  const tally = new Tally();
  tally.ended(endedRecord({ tlsUs: 4000, identityUs: 200, rpcUs: 300 }));
  tally.ended(endedRecord({ ending: 'tls.closed' }));
  tally.answered('ITentaclePongService.Echo', 300);
  tally.answered('ITentaclePongService.Records', 90_000);
  expect(tally.stages).toMatchObject({ tls: { count: 1 }, identity: { count: 1 }, rpc: { count: 1, maxUs: 300 } });
});

test('endings and calls are sorted, the most frequent first', () => {
  const tally = new Tally();
  tally.ended(endedRecord({ ending: 'http.page' }));
  for (let i = 0; i < 3; i++) tally.ended(endedRecord({ calls: { other: 1, 'ITentaclePongService.Echo': 5 } }));
  expect(Object.entries(tally.endings)).toEqual([
    ['served', 3],
    ['http.page', 1],
  ]);
  expect(Object.entries(tally.calls)).toEqual([
    ['ITentaclePongService.Echo', 15],
    ['other', 3],
  ]);
});

test('rejected clients are bounded, and the latest are kept', () => {
  const tally = new Tally();
  const refuse = (clientThumbprint: string): void => {
    tally.ended(endedRecord({ ending: 'refused.thumbprint', clientThumbprint }));
  };
  for (let i = 0; i < 100; i++) refuse(`T${i}`);
  refuse('T0');
  refuse('T100');
  expect(tally.refused).toHaveLength(100);
  expect(tally.refused.map(({ thumbprint }) => thumbprint)).not.toContain('T1');
  expect(tally.refused.at(-2)).toEqual({ thumbprint: 'T0', count: 2, lastAddress: '192.0.2.7' });
});

test('the latest records of an address come first, and none of another address', () => {
  const records = new RecordStore();
  for (let number = 1; number <= 500; number++)
    records.add(endedRecord({ port: number, address: number % 2 === 0 ? '192.0.2.7' : '192.0.2.8' }), number);
  expect(records.latestFrom('192.0.2.7', 3).map(({ port }) => port)).toEqual([500, 498, 496]);
  expect(records.latestFrom('192.0.2.9', 3)).toEqual([]);
});

test('a page with hostile strings of peers has no markup of theirs', () => {
  const hostile = '</td><script>alert(1)</script>\u202e"\'&';
  const request = {
    connectionId: 'c',
    address: '127.0.0.1',
    port: 1,
    tlsVersion: hostile,
    cipher: hostile,
    clientThumbprint: null,
    pongVersion: '0.1.0',
    serverName: hostile,
    firstLine: hostile,
    requestBytes: 1,
    isTrusted: true,
  };
  const html = renderPage(request, {
    latestFrom: () => [endedRecord({ tlsVersion: hostile, ending: 'served' })],
    startFacts: () => [['Thumbprint', hostile]],
  });
  expect(html).not.toMatch(/<script|\u202e/);
  expect(html.match(/&lt;script&gt;/g)?.length).toBe(6);
  // The real listener sends its page as one TLS record.
  const longest = renderPage(
    { ...request, firstLine: 'x'.repeat(1000) },
    {
      latestFrom: (_, max) => Array.from({ length: max }, () => endedRecord({ ending: 'tls.no-common-parameters' })),
      startFacts: () => [['A', 'x'.repeat(500)]],
    },
  );
  expect(Buffer.byteLength(longest)).toBeLessThan(16_000);
  // Its own facts are only for this host.
  const remote = renderPage(
    { ...request, address: '192.0.2.7' },
    { latestFrom: () => [], startFacts: () => [['A', 'B']] },
  );
  expect(remote).not.toContain('<td>B</td>');
});

test('records are kept in a ring', () => {
  const records = new RecordStore(2);
  for (const port of [1, 2, 3]) records.add(endedRecord({ port }), port);
  expect(records.all.map(({ port }) => port)).toEqual([2, 3]);
});
