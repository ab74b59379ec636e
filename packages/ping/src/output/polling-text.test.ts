import { withoutStyles } from 'tentacle-protocol/cli';
import { endings } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import type { PollingReport } from '../measurements/polling-server/polling-report.js';
import type { PollingServerOptions } from '../options/polling-server-options.js';
import { callHead, callLine, listeningText, pollingText } from './polling-text.js';

const THUMBPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

const PLAN: PollingServerOptions = {
  port: 10943,
  trust: [],
  intervalUs: 500_000,
  collectTimeoutUs: 120_000_000,
  timeoutUs: 10_000_000,
  keepAliveUs: 30_000_000,
};

/** The terminal that the texts are laid out for. */
const SCREEN = { width: 80, unicode: true };

const POLLER = {
  address: '192.0.2.7',
  thumbprint: THUMBPRINT,
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  connections: 1,
  open: 0,
  calls: 19,
  firstAt: '2026-01-01T00:00:00.000Z',
  lastAt: '2026-01-01T00:00:01.000Z',
};

const REPORT: PollingReport = {
  schema: 'tentacle-ping/polling-report/1',
  tool: { name: 'tentacle-ping', version: '0.1.0' },
  plan: PLAN,
  port: 10943,
  ownThumbprint: THUMBPRINT,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:02.500Z',
  calls: { queued: 20, ok: 19, failed: 0, cancelled: 1 },
  outcomes: { ok: 19 },
  subscriptions: [{ subscription: 'poll://one/', peak: 1, switches: 0, pollers: [POLLER] }],
  refused: [{ thumbprint: THUMBPRINT, address: '192.0.2.8', count: 2, lastAt: '2026-01-01T00:00:01.000Z' }],
  connections: { total: 3, peak: 1 },
  endings: { 'poll.ended': 1, 'refused.thumbprint': 2 },
  failures: [],
  verdict: { id: 'ok', title: 'A title', means: 'An explanation.', certainty: { kind: 'conclusive' }, next: [] },
  records: [],
  recordsDropped: 0,
  visits: [],
  visitsDropped: 0,
};

test('the start text names version, port, address, thumbprint and command', () => {
  const about = { version: '0.1.0', port: 10943, ownThumbprint: THUMBPRINT, pollCommand: 'tentacle-pong --poll x' };
  const text = withoutStyles(listeningText(PLAN, about, SCREEN));
  expect(text).toMatch(/^tentacle-ping 0\.1\.0 .* port 10943, all addresses\n/);
  expect(text).toMatch(/any poller.*--trust/);
  expect(text).toContain(`  ${THUMBPRINT}\n`);
  expect(text).toContain('\n  tentacle-pong --poll x\n');
  const bound = withoutStyles(listeningText({ ...PLAN, bind: '192.0.2.1', trust: [THUMBPRINT] }, about, SCREEN));
  expect(bound).toMatch(/ port 10943, address 192\.0\.2\.1\n/);
  expect(bound).toMatch(/\b1 poller\b.*--trust/);
});

test('a call has its number, outcome, times and poller on one line, below the head', () => {
  const call = {
    number: 7,
    subscription: 'poll://one/',
    startedAt: '2026-01-01T00:00:00.000Z',
    outcome: 'ok',
  } as const;
  const line = withoutStyles(callLine({ ...call, address: '192.0.2.7', collectUs: 1500, roundTripUs: 20_000 }, SCREEN));
  expect(line).toMatch(/^\d\d:\d\d:\d\d {5}7 {2}ok +21\.5 \| +1\.50 +20\.0 {2}192\.0\.2\.7\n$/);
  expect(withoutStyles(callHead(SCREEN)).indexOf('|')).toBe(line.indexOf('|'));
});

test('the report counts calls, and names pollers, rejected pollers, endings and the verdict', () => {
  const text = withoutStyles(pollingText(REPORT, SCREEN, true));
  expect(text).toMatch(/\b20 calls, 19 ok, 0 failed, 1 canceled in 2\.5 s\n/);
  const words = text.replaceAll(/\s+/g, ' ');
  expect(words).toMatch(new RegExp(`192\\.0\\.2\\.7 ${THUMBPRINT} .*\\b1 connection, 19 calls, TLSv1\\.3 `));
  expect(words).toContain(` --trust ${THUMBPRINT} from 192.0.2.8, 2 times `);
  const title = endings.find(({ id }) => id === 'poll.ended')?.title ?? '';
  expect(text).toContain(`  1 x poll.ended: ${title}\n`);
  expect(text).toContain('A title');
});
