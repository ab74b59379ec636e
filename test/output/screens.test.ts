import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureLatency } from '../../packages/ping/src/measurements/measure-latency.js';
import { targetLine, type TargetsReport } from '../../packages/ping/src/measurements/targets/targets-report.js';
import { measureTransfers } from '../../packages/ping/src/measurements/transfer/measure-transfers.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { type RunOptions, parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { attemptLines } from '../../packages/ping/src/output/attempt-line.js';
import { heading } from '../../packages/ping/src/output/heading.js';
import { targetName, targetRows, targetsText } from '../../packages/ping/src/output/targets-text.js';
import { terminalReport } from '../../packages/ping/src/output/terminal-report.js';
import type { AttemptRecord } from '../../packages/ping/src/report/attempt-record.js';
import type { IdleReport } from '../../packages/ping/src/report/idle-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import type { SizesReport } from '../../packages/ping/src/report/sizes-report.js';
import { startPong, type TestPong } from '../../packages/pong/src/testing/pong.test.support.js';
import {
  beyondAscii,
  commandsOf,
  SCREENS,
  tooWide,
  wordsOf,
} from '../../packages/protocol/src/cli/screens.test.support.js';
import { parseArguments, type Screen, withoutStyles } from '../../packages/protocol/src/cli/index.js';
import { catalogue, warningOf } from '../../packages/protocol/src/diagnostics/index.js';
import { testIdentity } from '../identities.js';

interface Run {
  readonly options: RunOptions;
  readonly report: Report;
  readonly records: readonly AttemptRecord[];
}

const CONSOLE: Screen = { width: 80, unicode: true };
const BRIEF = { isVerbose: false };

/** A run in this process, as if it had the default interval, which would take a minute. */
async function run(port: number, ...args: readonly string[]): Promise<Run> {
  const parsed = await parseArguments(PING, [`localhost:${port}`, '-i', '0', ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  const options = parseRunOptions(parsed.positionals, parsed.options);
  const records: AttemptRecord[] = [];
  const onAttempt = (record: AttemptRecord): void => void records.push(record);
  const settings = { identity: await testIdentity('Octopus Server'), version: '0', stop: new AbortController().signal };
  const { mode } = options;
  const report =
    mode.kind === 'transfer'
      ? await measureTransfers({
          ...settings,
          options: { ...options, mode },
          observer: { onAttempt, onBegin: () => undefined, onMoved: () => undefined, onEnd: () => undefined },
        })
      : await measureLatency({ ...settings, options, onAttempt });
  return { options, report: { ...report, plan: { ...report.plan, intervalUs: 500_000 } }, records };
}

const SIZES: SizesReport = {
  by: 'streams',
  upload: {
    largestOkBytes: 1400,
    smallestFailedBytes: 1500,
    inconsistent: [64_000],
    complete: true,
    passesInPieces: true,
  },
  download: { largestOkBytes: 4_000_000, inconsistent: [], complete: true },
  tried: (['upload', 'download'] as const).flatMap((direction) => [
    { number: 1, direction, sizeBytes: 1400, why: 'ladder', outcome: 'ok', movedBytes: 1400, durationUs: 900 },
    {
      number: 2,
      direction,
      sizeBytes: 999_999,
      why: 'ladder',
      outcome: 'data.path-mtu',
      movedBytes: 0,
      durationUs: 9_999_000,
    },
    {
      number: 3,
      direction,
      sizeBytes: 999_999,
      why: 'again',
      outcome: 'data.path-mtu',
      movedBytes: 0,
      durationUs: 9_999_000,
    },
  ]),
};

const SIDE = { exact: false, settled: true, deaths: 1, exceptions: 1, normal: false };
const IDLE: IdleReport = {
  fromUs: 30_000_000,
  toUs: 900_000_000,
  keepAliveOn: { ...SIDE, outcome: 'ok', longestOkUs: 900_000_000, keepAliveUs: 15_000_000 },
  keepAliveOff: {
    ...SIDE,
    outcome: 'idle.silent',
    longestOkUs: 200_000_000,
    shortestDeadUs: 240_000_000,
    peerKeepAliveOff: false,
  },
  probes: [
    {
      number: 1,
      keepAliveUs: 15_000_000,
      spanUs: 240_000_000,
      startedAt: '',
      outcome: 'ok',
      idleUs: 240_000_000,
      checkUs: 900,
    },
    { number: 2, spanUs: 240_000_000, startedAt: '', outcome: 'idle.silent', idleUs: 240_000_000, checkUs: 10_000_000 },
    { number: 3, spanUs: 240_000_000, startedAt: '', outcome: 'idle.closed', idleUs: 235_000_000 },
  ],
};

let pong: TestPong;
let distrusting: TestPong;
const runs: Record<string, Run> = {};
const reports: Record<string, Report> = {};

beforeAll(async () => {
  pong = await startPong();
  distrusting = await startPong({ trusted: new Set(['0'.repeat(40)]) });
  runs['healthy'] = await run(pong.port, '-c', '100');
  runs['single'] = await run(pong.port, '-c', '1');
  runs['reused'] = await run(pong.port, '-c', '12', '--reuse');
  runs['refused'] = await run(1, '-c', '2');
  runs['refused once'] = await run(1, '-c', '1');
  runs['not trusted'] = await run(distrusting.port, '-c', '3');
  runs['data'] = await run(pong.port, '--upload', '200KB', '--download', '100KB');
  for (const [name, { report }] of Object.entries(runs)) reports[name] = report;
  const { report } = runs['healthy'];
  const evidence = runs['refused'].report.failures[0]?.evidence;
  if (evidence === undefined) throw new Error('nothing refused the connection');
  const [firstAt, lastAt] = ['2026-01-01T12:03:14.123Z', '2026-01-01T12:05:10.456Z'];
  reports['lossy'] = {
    ...report,
    attempts: { sent: 100, ok: 91, failed: 7, cancelled: 2 },
    verdict: runs['not trusted'].report.verdict,
    failures: [
      { id: 'tls.client-certificate-refused', count: 1, firstAt, lastAt: firstAt, evidence },
      { id: 'tcp.refused', count: 6, firstAt, lastAt, evidence },
    ],
    failurePattern: 'bursts',
    outages: [
      { fromAt: firstAt, toAt: lastAt, attempts: 6, id: 'tcp.refused' },
      { fromAt: lastAt, toAt: lastAt, attempts: 1, id: 'tls.client-certificate-refused' },
    ],
    outagesDropped: 3,
    reconnects: 2,
    pace: { ...report.pace, late: 3, notStarted: 1, busyP99Us: 9000, warmup: { sent: 2, failed: 1 } },
    attestation: { result: 'not-one-session', publicKey: 'A'.repeat(64) },
    proxy: {
      used: true,
      by: '--proxy',
      host: 'proxy.example',
      port: 3128,
      environment: [{ name: 'HTTPS_PROXY', value: 'http://***@other.example:3128' }],
    },
    otherEnd: { status: 'not-seen', why: 'not-listening' },
    warnings: [
      warningOf('path.loss', { slow: 5, of: 100, what: 'connecting', byUs: 1_000_000 }),
      warningOf('dns.slow', { host: 'web01.some-rather-long-domain.example', durationUs: 2_000_000 }),
      warningOf('trust.proxy-inspects', { directly: 'A'.repeat(40), throughProxy: 'B'.repeat(40) }),
    ],
  };
  reports['sizes'] = { ...report, sizes: SIZES };
  reports['idle'] = { ...report, idle: IDLE };
});

afterAll(async () => {
  await pong.stop();
  await distrusting.stop();
});

const NAMES = [
  'healthy',
  'single',
  'reused',
  'refused',
  'refused once',
  'not trusted',
  'data',
  'lossy',
  'sizes',
  'idle',
];

function named<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** What a text has that is copied and so never wrapped. */
function copied({ verdict: { id, next } }: Report): string[] {
  return [...commandsOf(next), `tentacle-ping explain ${id}`, `--verbose, or tentacle-ping explain ${id}`];
}

describe.each(NAMES)('the end of a run: %s', (name) => {
  it.each(SCREENS)('fits $width columns, unicode $unicode', (screen) => {
    const report = named(reports, name);
    for (const isVerbose of [false, true]) {
      const text = terminalReport(report, screen, { isVerbose });
      expect(tooWide(text, screen, copied(report))).toEqual([]);
      if (!screen.unicode) expect(beyondAscii(text)).toEqual([]);
      expect(text).toMatch(/\n$/);
      expect(text).not.toMatch(/undefined|NaN|\n\n\n/);
    }
  });

  it('ends with the verdict, after the figures', () => {
    const report = named(reports, name);
    const lines = withoutStyles(terminalReport(report, CONSOLE, BRIEF)).split('\n');
    const headline = lines.findIndex((line) => line.includes(report.verdict.title) && /^[✔✖?] /.test(line));
    const counts = lines.findIndex((line) => /^\d+ attempts?, \d+ ok, /.test(line));
    expect(headline).toBeGreaterThan(counts);
    expect(counts).toBe(1);
  });
});

describe('a healthy run', () => {
  it('names --html for a ticket only where it was not used', () => {
    const report = named(reports, 'healthy');
    expect(terminalReport(report, CONSOLE, BRIEF)).toContain('--html');
    for (const isVerbose of [false, true])
      expect(terminalReport(report, CONSOLE, { isVerbose, hasHtml: true })).not.toContain('--html');
  });

  it('of 100 attempts ends in 24 lines of 80 columns', () => {
    const text = terminalReport(named(reports, 'healthy'), CONSOLE, BRIEF);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
  });

  it('has stages whose means add up to the total', () => {
    const { stages } = named(reports, 'healthy');
    const { total, sinceScheduled: _, ...parts } = stages;
    const sum = Object.values(parts).reduce((all, { meanUs }) => all + meanUs, 0);
    // Each is rounded to a microsecond.
    expect(Math.abs(sum - (total?.meanUs ?? 0))).toBeLessThanOrEqual(Object.keys(stages).length);
  });

  it('has a histogram of the chosen stage, or none', () => {
    const report = named(reports, 'healthy');
    const text = (histogram: 'tcp' | 'none' | undefined): string =>
      withoutStyles(terminalReport(report, CONSOLE, { isVerbose: false, ...(histogram && { histogram }) }));
    expect(text(undefined)).toMatch(/^ +rpc +count +share +cumulative$/m);
    expect(text('tcp')).toMatch(/^ +tcp +count +share +cumulative$/m);
    expect(text('none')).not.toMatch(/cumulative/);
    expect(text('tcp')).toMatch(/% +█/);
  });
});

describe('without --verbose', () => {
  it('everything that qualifies the verdict has a line with a mark', () => {
    const report = named(reports, 'lossy');
    const lines = withoutStyles(terminalReport(report, CONSOLE, BRIEF)).split('\n');
    const marked = lines.filter((line) => line.startsWith('! ')).join('\n');
    for (const { id } of report.failures) expect(marked).toContain(id);
    for (const { id } of report.warnings) expect(marked).toContain(id);
    expect(marked).toMatch(/12:03:14/);
    expect(marked).toMatch(/bursts/);
    expect(marked).toMatch(/TLS/);
    expect(lines.join('\n')).toMatch(/^ +proxy: proxy\.example:3128/m);
  });

  it('is shorter, and has no detail that --verbose lacks', () => {
    const report = named(reports, 'lossy');
    const brief = terminalReport(report, CONSOLE, BRIEF);
    const whole = terminalReport(report, CONSOLE, { isVerbose: true });
    expect(brief.split('\n').length).toBeLessThan(whole.split('\n').length);
    for (const id of [...report.failures, ...report.warnings].map(({ id }) => id)) expect(whole).toContain(id);
    expect(whole).toContain(report.peer.ownThumbprint);
    expect(wordsOf(whole).join(' ')).toContain(report.warnings[0]?.next);
  });
});

it('attempt lines after a resize fit, and the first has the names of its columns above it', () => {
  const { options, records } = named(runs, 'refused');
  const screen = { width: 80, unicode: false };
  const { head, line } = attemptLines(options, screen);
  const [record] = records;
  if (record === undefined) throw new Error('no attempt');
  screen.width = 40;
  const [first, second] = [line(record), line(record)];
  const narrow = attemptLines(options, screen);
  expect(first).toBe(`${narrow.head}${narrow.line(record)}`);
  expect([second, first.startsWith(head)]).toEqual([narrow.line(record), false]);
});

describe.each(SCREENS)('attempt lines of $width columns', (screen) => {
  it('fit, below a head with the same columns', () => {
    for (const { options, records } of Object.values(runs)) {
      const { head, line } = attemptLines(options, screen);
      const lines = [head, ...records.map(line)].map((text) => withoutStyles(text));
      expect(lines.flatMap((text) => tooWide(text, screen))).toEqual([]);
      // The bar before the stages is below the head's.
      for (const text of lines.filter((one) => one.includes(' |')))
        expect(text.indexOf('|')).toBe(lines[0]?.indexOf('|'));
      expect(tooWide(heading(options, 'A'.repeat(40), screen), screen)).toEqual([]);
    }
  });

  it('have a space between a canceled result and its time, in the columns of the others', () => {
    const [record] = named(runs, 'refused').records;
    const { head, line } = attemptLines(named(runs, 'refused').options, screen);
    if (record === undefined) throw new Error('the run has no attempts');
    const { failure: _, ...rest } = record;
    for (const totalUs of [900, 163_300, 1_633_100, 60_000_900]) {
      const text = withoutStyles(line({ ...rest, outcome: 'cancelled', totalUs, stages: [] }));
      expect(text).toMatch(/canceled +\d/);
      if (text.includes('|')) expect(text.indexOf('|')).toBe(withoutStyles(head).indexOf('|'));
    }
  });

  it('have the id of every failure, and of its title what fits', () => {
    const [record] = named(runs, 'refused').records;
    const { line } = attemptLines(named(runs, 'refused').options, screen);
    if (record?.failure === undefined) throw new Error('nothing refused the connection');
    for (const { id, stage } of catalogue) {
      const text = line({
        ...record,
        number: 9999,
        outcome: id,
        failure: { ...record.failure, id, shownAt: stage as 'tcp' },
      });
      expect(tooWide(text, screen)).toEqual([]);
      expect(withoutStyles(text)).toContain(` ${id}`);
    }
  });

  it('rows of targets fit, and those that fail have a mark', () => {
    const all = ['healthy', 'refused', 'not trusted', 'lossy'].map((name) => named(reports, name));
    const lines = all.map((report) => ({ ...targetLine(report), host: 'a-host-with-a-rather-long-name.example' }));
    const { head, row } = targetRows(Math.max(...lines.map((line) => targetName(line).length)), screen);
    const text = withoutStyles([head, ...lines.map(row)].join(''));
    // The mark and a name are one word here.
    expect(
      tooWide(text.replaceAll(/^(?:✔|✖|ok|X) +/gm, ' '.repeat(3)), { ...screen, width: screen.width + 1 }),
    ).toEqual([]);
    expect(text.match(screen.unicode ? /^✖ /gm : /^X /gm)?.length).toBe(3);
    const summary: TargetsReport = {
      schema: 'tentacle-ping/targets/1',
      tool: { name: 'tentacle-ping', version: '0' },
      startedAt: '',
      endedAt: '',
      requested: 5,
      targets: lines,
      verdicts: { ok: 1, 'tcp.refused': 1, 'trust.rejected-by-pong': 2 },
      busyP99Us: 0,
    };
    const explain = Object.keys(summary.verdicts).map((id) => `tentacle-ping explain ${id}`);
    const end = targetsText(summary, screen).replaceAll(/ +$/gm, '');
    expect(tooWide(end, screen, explain)).toEqual([]);
  });
});

describe('a picture of one attempt', () => {
  it('has a bar for each stage, each behind the one before', () => {
    const { report } = named(runs, 'single');
    const text = withoutStyles(terminalReport(report, CONSOLE, BRIEF));
    const bars = [...text.matchAll(/^(?:dns|tcp|tls|identity|rpc) +[\d.]+ +[█▌]+$/gm)].map(([line]) =>
      line.search(/[█▌]/),
    );
    expect(bars.length).toBe(report.records[0]?.stages.filter(({ stage }) => stage !== 'trust').length);
    expect([...bars].sort((a, b) => a - b)).toEqual(bars);
  });

  it('marks the stage that failed', () => {
    const text = withoutStyles(terminalReport(named(reports, 'refused once'), CONSOLE, BRIEF));
    expect(text).toMatch(/^tcp +[\d.]+ +✖ tcp\.refused$/m);
  });
});
