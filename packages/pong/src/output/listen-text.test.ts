import { DurationHistogram, textWidth, withoutStyles } from 'tentacle-protocol/cli';
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
    histogram: new DurationHistogram().figures.histogram,
  },
  refused: [{ thumbprint: THUMBPRINT, count: 4, lastAddress: '192.0.2.7' }],
};

const SCREEN = { width: 80, unicode: false };

const titleOf = (name: string): string => endings.find(({ id }) => id === name)?.title ?? '';

test('the summary for people: counts, endings with their titles, durations, and rejected clients', () => {
  const lines = withoutStyles(summaryText(SUMMARY, SCREEN, false)).split('\n');
  expect(lines[1]).toMatch(/^104 connections in 10 min\b.*\b3\b/);
  expect(lines).toEqual(
    expect.arrayContaining([
      `100   96%  served              ${titleOf('served')}`,
      `  4    4%  refused.thumbprint  ${titleOf('refused.thumbprint')}`,
      'all    104  0.870  2.00  1.25  4.00  61235  600000',
      `--trust ${THUMBPRINT}  4 times, last from 192.0.2.7`,
    ]),
  );
});

test('the errors stand beside the ids of tentacle-ping', () => {
  const errors = [{ ending: 'tls.reset' as const, count: 4, share: 0.04, reportedByPing: ['tls.reset' as const] }];
  expect(summaryText({ ...SUMMARY, errors }, SCREEN, false)).toMatch(/^4 +tls\.reset +tls\.reset$/m);
});

test('all details: also the calls', () => {
  expect(summaryText(SUMMARY, SCREEN, false)).not.toContain('ITentaclePongService.Echo');
  expect(summaryText(SUMMARY, SCREEN, true)).toMatch(/^ITentaclePongService\.Echo +100$/m);
});

test.each([40, 80, 120, 200])('the summary fits %i columns, apart from commands', (width) => {
  for (const isVerbose of [false, true])
    for (const line of withoutStyles(summaryText(SUMMARY, { width, unicode: true }, isVerbose)).split('\n'))
      if (!line.includes('--trust')) expect(textWidth(line), line).toBeLessThanOrEqual(width);
});

test('the summary names the limits that were reached, as the options that set them', () => {
  const limited = {
    ...SUMMARY,
    endings: { 'limit.unidentified-per-address': 12, 'rpc.no-call': 1 },
    limits: { ...LIMITS, firstCallMs: 1500 },
  };
  expect(summaryText(limited, SCREEN, false).split('\n')).toEqual(
    expect.arrayContaining([
      '--max-unidentified-per-address 250  12 connections',
      '--first-call-timeout 1.5s  1 connection',
    ]),
  );
});

test('the summary of a run without connections has one paragraph only', () => {
  const none = { ...SUMMARY, connections: { total: 0, open: 0, peak: 0 }, endings: {}, calls: {}, refused: [] };
  const text = summaryText({ ...none, durations: { ...SUMMARY.durations, count: 0 } }, SCREEN, false);
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
  const start = { version: '0.1.0', bind: undefined, trusted: 2, notes: ['a note'] };
  const text = withoutStyles(listeningText(LISTENING, start, SCREEN));
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/^tentacle-pong 0\.1\.0 .* port 10933, all addresses$/);
  for (const line of [THUMBPRINT, '192.0.2.10, 2001:db8::10', 'a note'])
    expect(lines.some((candidate) => candidate.endsWith(`  ${line}`))).toBe(true);
  expect(text).toMatch(/\b2 clients\b.*--trust/);
  expect(lines).toContain(`  ${LISTENING.pingCommand}`);
  expect(lines).toContain(`  --pong-key ${'C'.repeat(64)}`);
  expect(text).not.toContain('https://');
});

test('the start text says when any client is accepted, and which address is listened on', () => {
  const start = { version: '0.1.0', bind: '192.0.2.10', trusted: 0, notes: [] };
  const text = withoutStyles(listeningText(LISTENING, start, SCREEN));
  expect(text).toMatch(/^.* port 10933, address 192\.0\.2\.10\n/);
  expect(text).toMatch(/any client.*--trust/);
  expect(text.indexOf('--trust')).toBeLessThan(text.indexOf(LISTENING.pingCommand));
});

test('the start text says where it can be read again, if the page shows it', () => {
  const start = { version: '0.1.0', bind: undefined, trusted: 0, notes: [] };
  expect(listeningText(LISTENING, start, SCREEN)).toContain('https://127.0.0.1:10933/');
});
