import { bucketsOf } from 'tentacle-protocol/cli';
import type { EndedConnectionRecord } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { renderPage } from './page.js';
import { RecordStore } from './record-store.js';
import { Tally } from './tally.js';

function record(change: Partial<EndedConnectionRecord>): EndedConnectionRecord {
  return {
    connectionId: '00000000-0000-0000-0000-000000000000',
    startedAt: '2026-01-01T00:00:00.000Z',
    address: '192.0.2.7',
    port: 50123,
    localAddress: '192.0.2.10',
    localPort: 10933,
    ending: 'served',
    closedBy: 'local',
    durationUs: 1500,
    bytesIn: 0,
    bytesOut: 0,
    calls: {},
    ...change,
  };
}

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
  for (const durationUs of durationsUs) tally.ended(record({ durationUs }));
  expect(tally.durations).toMatchObject({ count: 6, minUs: 0, maxUs: 86_400_000_000 });
  expect(bucketsOf(tally.durations.histogram).reduce((sum, { count }) => sum + count, 0)).toBe(6);
});

test('durations are counted by what connections were for, failed ones apart', () => {
  const tally = new Tally();
  const echoes = { 'ITentaclePongService.Echo': 1 };
  for (const durationUs of [1, 2, 3]) tally.ended(record({ durationUs, calls: echoes }));
  tally.ended(record({ calls: { ...echoes, 'ITentaclePongService.LookAtMe': 1 } }));
  tally.ended(record({ calls: { ...echoes, 'ITentaclePongService.Upload': 1 } }));
  tally.ended(record({ calls: { ...echoes, 'ITentaclePongService.StopKeepAlive': 1 } }));
  tally.ended(record({ ending: 'http.page' }));
  tally.ended(record({ ending: 'rpc.reset', calls: echoes }));
  const counts = Object.entries(tally.totals).map(([kind, { count }]) => [kind, count]);
  expect(Object.fromEntries(counts)).toEqual({ ping: 3, probe: 2, idle: 1, transfer: 1 });
});

test('stages are timed as tentacle-ping names them; only echoes are round trips', () => {
  const tally = new Tally();
  tally.ended(record({ tlsUs: 4000, identityUs: 200, rpcUs: 300 }));
  tally.ended(record({ ending: 'tls.closed' }));
  tally.answered('ITentaclePongService.Echo', 300);
  tally.answered('ITentaclePongService.Records', 90_000);
  expect(tally.stages).toMatchObject({ tls: { count: 1 }, identity: { count: 1 }, rpc: { count: 1, maxUs: 300 } });
});

test('endings and calls are sorted, the most frequent first', () => {
  const tally = new Tally();
  tally.ended(record({ ending: 'http.page' }));
  for (let i = 0; i < 3; i++) tally.ended(record({ calls: { other: 1, 'ITentaclePongService.Echo': 5 } }));
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
    tally.ended(record({ ending: 'refused.thumbprint', clientThumbprint }));
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
    records.add(record({ port: number, address: number % 2 === 0 ? '192.0.2.7' : '192.0.2.8' }), number);
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
    latestFrom: () => [record({ tlsVersion: hostile, ending: 'served' })],
    startFacts: () => [['Thumbprint', hostile]],
  });
  expect(html).not.toMatch(/<script|\u202e/);
  expect(html.match(/&lt;script&gt;/g)?.length).toBe(6);
  // The real listener sends its page as one TLS record.
  const longest = renderPage(
    { ...request, firstLine: 'x'.repeat(1000) },
    {
      latestFrom: (_, max) => Array.from({ length: max }, () => record({ ending: 'tls.no-common-parameters' })),
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
  for (const port of [1, 2, 3]) records.add(record({ port }), port);
  expect(records.all.map(({ port }) => port)).toEqual([2, 3]);
});
