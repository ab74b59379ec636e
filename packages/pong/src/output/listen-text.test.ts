import { endings } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { LIMITS } from '../server/limits.js';
import type { Summary } from '../server/summary.js';
import { listeningText, summaryText } from './listen-text.js';

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

const BARS = [{ belowUs: 1000, count: 52 }, { belowUs: 2000, count: 51 }, { count: 1 }];

const titleOf = (name: string): string => endings.find(({ id }) => id === name)?.title ?? '';

test('the summary for people: counts, endings with their titles, durations, bars, calls, and rejected clients', () => {
  const lines = summaryText(SUMMARY, BARS, 80).split('\n');
  expect(lines[1]).toMatch(/^104 connections\b.*\b3\b/);
  expect(lines).toEqual(
    expect.arrayContaining([
      `  served              100  ${titleOf('served')}`,
      `  refused.thumbprint    4  ${titleOf('refused.thumbprint')}`,
      '  min 0.870 ms, mean 2.00 ms, p50 1.25 ms, p90 4.00 ms, p99 61.2 s, max 10 min',
      `  under 1 ms  52  ${'#'.repeat(30)}`,
      `  under 2 ms  51  ${'#'.repeat(30)}`,
      '  longer       1  #',
      '  ITentaclePongService.Echo  100',
      `  --trust ${THUMBPRINT}  4 times, last from 192.0.2.7`,
    ]),
  );
});

test('the summary keeps to a narrow terminal, apart from commands', () => {
  for (const line of summaryText(SUMMARY, BARS, 60).split('\n'))
    if (!line.includes('--trust')) expect(line.length, line).toBeLessThanOrEqual(60);
});

test('the summary names the limits that were reached, as the options that set them', () => {
  const limited = {
    ...SUMMARY,
    endings: { 'limit.unidentified-per-address': 12, 'rpc.no-call': 1 },
    limits: { ...LIMITS, firstCallMs: 1500 },
  };
  expect(summaryText(limited, BARS, 80).split('\n')).toEqual(
    expect.arrayContaining([
      '  --max-unidentified-per-address 250  12 connections',
      '  --first-call-timeout 1.5s  1 connection',
    ]),
  );
});

test('the summary of a run without connections has one paragraph only', () => {
  const none = { ...SUMMARY, connections: { total: 0, open: 0, peak: 0 }, endings: {}, calls: {}, refused: [] };
  const text = summaryText({ ...none, durations: { ...SUMMARY.durations, count: 0 } }, [], 80);
  expect(text.trim()).not.toMatch(/\n\n|\d/);
});

const LISTENING = {
  schema: 'tentacle-pong/listening/1' as const,
  connectionsMax: 10_000,
  port: 10933,
  addresses: ['192.0.2.10', '2001:db8::10'],
  thumbprint: THUMBPRINT,
  pongKey: 'C'.repeat(64),
  pingCommand: `tentacle-ping 192.0.2.10:10933 --thumbprint ${THUMBPRINT}`,
};

test('the start text names version, port, thumbprint, addresses, trusted clients and commands', () => {
  const text = listeningText(LISTENING, { version: '0.1.0', bind: undefined, trusted: 2, notes: ['a note'] });
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/^tentacle-pong 0\.1\.0 .* port 10933, all addresses$/);
  for (const line of [THUMBPRINT, '192.0.2.10', '2001:db8::10', 'a note'])
    expect(lines.some((candidate) => candidate.endsWith(`  ${line}`))).toBe(true);
  expect(text).toMatch(/\b2 clients\b.*--trust/);
  expect(lines).toContain(`  ${LISTENING.pingCommand}`);
  expect(lines).toContain(`  --pong-key ${'C'.repeat(64)}`);
});

test('the start text says when any client is accepted, and which address is listened on', () => {
  const text = listeningText(LISTENING, { version: '0.1.0', bind: '192.0.2.10', trusted: 0, notes: [] });
  expect(text).toMatch(/^.* port 10933, address 192\.0\.2\.10\n/);
  expect(text).toMatch(/any client/);
  // The form for one client comes before the command for any.
  expect(text.indexOf('tentacle-pong --port 10933 --trust ')).toBeGreaterThan(0);
  expect(text.indexOf('--trust ')).toBeLessThan(text.indexOf(LISTENING.pingCommand));
});
