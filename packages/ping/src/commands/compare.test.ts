import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parseArguments, UsageError, DurationHistogram, withoutStyles } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../compare/comparison.js';
import { PING } from '../options/definitions.js';
import { run as runCommand } from './compare.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-compare-'));
let files = 0;
const file = (content: string | Buffer): string => {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, content);
  return path;
};

async function run(args: readonly string[], width = 80): Promise<{ status: number; stdout: string }> {
  const command = await parseArguments(PING, ['compare', ...args]);
  if (command.kind !== 'run') throw new Error('nothing to run');
  let stdout = '';
  const status = await runCommand(command, '1', {
    stdout: (text) => (stdout += withoutStyles(text)),
    stderr: () => undefined,
    openLog: () => ({ write: () => undefined, droppedLines: () => 0 }),
    stderrIsTerminal: false,
    unicode: false,
    stdin: Readable.from([]),
    width,
    platform: 'linux',
    runtime: 'Node',
    env: {},
    home: folder,
    stop: new AbortController().signal,
  });
  return { status, stdout };
}

/** The parts of a report that compare reads. */
function report(timesUs: readonly number[], more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const stats = new DurationHistogram();
  for (const us of timesUs) stats.add(us);
  const ok = timesUs.length;
  return {
    schema: 'tentacle-ping/report/1',
    target: { host: 'tentacle.example', port: 10933 },
    plan: { host: 'tentacle.example', port: 10933, reuse: false },
    proxy: { used: false },
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    attempts: { sent: ok, ok, failed: 0, cancelled: 0 },
    outcomes: { ok },
    stages: { tls: stats.figures },
    peer: { kind: 'pong', address: '192.0.2.10', ownThumbprint: 'A' },
    level: 'tls',
    warnings: [],
    records: timesUs.map((durationUs, i) => ({
      number: i + 1,
      outcome: 'ok',
      stages: [{ stage: 'tls', durationUs }],
      totalUs: durationUs,
    })),
    recordsDropped: 0,
    ...more,
  };
}

const even = (count: number, fromUs: number): number[] =>
  Array.from({ length: count }, (_, i) => fromUs + ((i * 37) % 101) * 10);

const A = JSON.stringify(report(even(200, 2000)));
const SLOW = JSON.stringify(report(even(200, 9000)));

describe('compare', () => {
  it('of equal reports: status 0, and the text fits 80 columns of ASCII', async () => {
    const { status, stdout } = await run([file(A), file(A), '--verbose']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\S+ .* \(same\)$/m);
    expect(stdout).toMatch(/^tls {2}n +200 +200 +longer in 50 % of pairs$/m);
    expect(stdout).toMatch(/^ +p50 +2\.50 +2\.50 +\+0\.000 +-0\.\d+ to \+0\.\d+ +same$/m);
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('of different reports: status 1, with both histograms', async () => {
    const { status, stdout } = await run([file(A), file(SLOW)]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\S+ B .* A \(differs\)$/m);
    expect(stdout).toMatch(/^ *<= 3 ms {2}A+ +\d+\.\d%/m);
    expect(stdout).toMatch(/^ *<= 10 ms {2}B+ +\d+\.\d%$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('without --verbose: medians and what differs, then the verdict last', async () => {
    const short = (await run([file(A), file(SLOW)])).stdout;
    expect(short).toMatch(/^tls p50 +2\.50 +9\.50 +\+7\.00 +slower$/m);
    expect(short).not.toMatch(/ to \+7/);
    expect(short.indexOf('(differs)')).toBeGreaterThan(short.indexOf('<= 10 ms'));
  });

  it.each([40, 80, 120, 200])('at %i columns: no line is wider', async (width) => {
    const failing = report(even(90, 2000), {
      attempts: { sent: 200, ok: 90, failed: 110, cancelled: 0 },
      outcomes: { ok: 90, 'trust.client-certificate-replaced': 60, 'tcp.refused': 50 },
    });
    const name = file(JSON.stringify(failing));
    for (const more of [[], ['--verbose']])
      for (const two of [
        [file(A), file(SLOW)],
        [file(A), name],
        [file(A), file(SLOW), name],
      ])
        for (const line of (await run([...two, ...more], width)).stdout.split('\n'))
          if (!line.includes('tentacle-ping ')) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  it('in the other order is faster by the same difference', async () => {
    const [there, back] = await Promise.all(
      [
        [A, SLOW],
        [SLOW, A],
      ].map(async (two) => JSON.parse((await run([...two.map(file), '--json'])).stdout) as Comparison),
    );
    const median = (comparison?: Comparison) => comparison?.pairs[0]?.stages[0]?.quantiles[0];
    expect([median(there)?.mark, median(back)?.mark]).toEqual(['slower', 'faster']);
    expect(median(there)?.differenceUs).toBe(-(median(back)?.differenceUs ?? 0));
    expect(median(there)?.lowUs).toBe(-(median(back)?.highUs ?? 0));
  });

  it('--json matches its schema', async () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../../../docs/comparison.schema.json', import.meta.url), 'utf8'),
    ) as object;
    const fits = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const { stdout } = await run([file(A), file(SLOW), file(JSON.stringify(report(even(6, 500)))), '--json']);
    expect(fits(JSON.parse(stdout)), JSON.stringify(fits.errors)).toBe(true);
  });

  it('reads UTF-16, as PowerShell writes it, and several reports of one run', async () => {
    expect((await run([file(A), file(Buffer.from(`\ufeff${A}\r\n`, 'utf16le'))])).status).toBe(0);
    const several = file(`${A}\n${SLOW}\n{"schema":"tentacle-ping/targets/1"}\n`);
    expect((await run([several])).status).toBe(1);
  });

  const broken = (more: Readonly<Record<string, unknown>>): string => JSON.stringify(report(even(20, 2000), more));
  const stats = report(even(20, 2000))['stages'] as { tls: { histogram: string } };
  const cut = { tls: { ...stats.tls, histogram: stats.tls.histogram.slice(0, 40) } };

  it.each([
    ['a single report', [A], /a second report/],
    ['nothing', [], /tentacle-ping compare FILE FILE/],
    ['an empty file', [A, ''], /is empty/],
    ['text that is not JSON', [A, 'verdict: The path works'], /not JSON/],
    ['a truncated report', [A, A.slice(0, 500)], /truncated/],
    ['a list', [A, '[]'], /is not a report/],
    ['a number', [A, '1'], /is not a report/],
    [
      'a diagnosis',
      [A, '{"schema":"tentacle-ping/diagnosis/1"}'],
      /is "tentacle-ping\/diagnosis\/1", which cannot be compared/,
    ],
    ['another schema', [A, '{"schema":"\\u001b[2J\\n"}'], /is "\?\[2J\?"/],
    ['no schema', [A, '{"a":1}'], /has no schema/],
    ['a report without anything', [A, '{"schema":"tentacle-ping/report/1"}'], /damaged report: target: /],
    [
      'counts that do not add up',
      [A, broken({ attempts: { sent: 5, ok: 2, failed: 1, cancelled: 0 } })],
      /do not add up/,
    ],
    ['an invalid id', [A, broken({ outcomes: { 'a\nb': 20 } })], /damaged report: outcomes: /],
    ['an invalid time', [A, broken({ startedAt: 'yesterday' })], /damaged report: startedAt/],
    ['a cut histogram', [A, broken({ stages: cut })], /damaged report: stages: tls: histogram /],
    ['no histogram', [A, broken({ stages: { tls: { count: 20 } } })], /damaged report: stages: tls: histogram: /],
    [
      'another count',
      [A, broken({ stages: { tls: { ...stats.tls, count: 21 } } })],
      /damaged report: stages: tls: .* count /,
    ],
    ['too many', Array.from({ length: 11 }, () => A), /11 reports .* at most 10/],
  ])('%s: an error of one line that names the problem', async (_, contents, what) => {
    const error = await run(contents.map(file)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(what);
    expect((error as UsageError).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([
    [[join(folder, 'nosuch.json'), 'b'], /nosuch\.json" cannot be read: no such file/],
    [[folder, 'b'], /is a folder/],
    [['a.json', 'a.json'], /named twice/],
  ])('%j cannot be read', async (args, what) => {
    await expect(run(args)).rejects.toThrow(what);
  });

  it('any content of a report is compared or rejected in one line', async () => {
    const original = report(even(20, 2000), {
      outcomes: { ok: 19, 'tls.reset': 1 },
      attempts: { sent: 20, ok: 19, failed: 1, cancelled: 0 },
    });
    const keys = Object.keys(original).filter((key) => key !== 'schema');
    const nested = fc.record({ key: fc.constantFrom(...keys), inner: fc.string(), value: fc.jsonValue() });
    await fc.assert(
      fc.asyncProperty(fc.array(nested, { minLength: 1, maxLength: 3 }), fc.boolean(), async (changes, whole) => {
        const changed = structuredClone(original);
        for (const { key, inner, value } of changes) {
          const part = changed[key];
          if (whole || typeof part !== 'object' || part === null) changed[key] = value;
          else {
            const names = Object.keys(part);
            (part as Record<string, unknown>)[names[inner.length % names.length] ?? inner] = value;
          }
        }
        const outcome = await run([file(A), file(JSON.stringify(changed))]).catch((thrown: unknown) => thrown);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(UsageError);
          expect(outcome.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        } else {
          expect((outcome as { stdout: string }).stdout).toMatch(/^[\x20-\x7e\n]*$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
