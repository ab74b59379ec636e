import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetsReport } from '../../packages/ping/src/measurements/targets/targets-report.js';
import { type Command, command, startPong, summaryOf } from './command.js';
import { reportOf } from './report.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/targets.schema.json', import.meta.url), 'utf8')) as object;
const fitsSchema = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

function linesOf(stdout: string) {
  const lines = stdout.trimEnd().split('\n');
  const summary = JSON.parse(lines.at(-1) ?? '') as TargetsReport;
  expect(fitsSchema(summary), JSON.stringify(fitsSchema.errors)).toBe(true);
  return { reports: lines.slice(0, -1).map(reportOf), summary };
}

function file(text: string): string {
  const name = join(mkdtempSync(join(tmpdir(), 'targets-')), 'targets.txt');
  writeFileSync(name, text);
  return name;
}

describe('many targets', () => {
  let pong: Command & { port: number };
  let closed: number;
  beforeAll(async () => {
    pong = await startPong('--bind', '127.0.0.1');
    const server: Server = createServer();
    closed = await new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => pong.process.kill());

  it('a line and a verdict for each', async () => {
    const { status, stdout } = await command('ping', [
      `127.0.0.1:${pong.port}`,
      `127.0.0.1:${closed}`,
      `localhost:${pong.port}`,
      '-4',
    ]).ended;
    expect(status).toBe(3);
    // In the order in which they end.
    expect(stdout.match(/^(?:ok|X) .* \d\/\d .*$/gm)).toHaveLength(3);
    expect(stdout).toMatch(new RegExp(`^ok 127\\.0\\.0\\.1:${pong.port} +1/1 .* ok$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^X  127\\.0\\.0\\.1:${closed} +0/1 +- +tcp\\.refused: `, 'm'));
    expect(stdout).toMatch(/^ok localhost:.* ok$/m);
    expect(stdout).toMatch(/2 ok, 1 failed \(33%\)\n +1 {2}tcp\.refused: 127\.0\.0\.1:/);
  });

  it('200 addresses of one file: a report for each, and all of them in the summary', async () => {
    const hosts = Array.from(
      { length: 200 },
      (_, index) => `127.0.${index % 7}.${index + 1}:${index % 10 === 9 ? closed : pong.port}`,
    );
    const wide = await startPong('--bind', '0.0.0.0');
    const list = file(hosts.map((host) => host.replace(`:${pong.port}`, `:${wide.port}`)).join('\r\n'));
    const { status, stdout } = await command('ping', ['--targets', list, '--json', '-q', '--concurrency', '16']).ended;
    wide.process.kill();
    expect(status).toBe(3);
    const { reports, summary } = linesOf(stdout);
    expect(reports).toHaveLength(200);
    expect(summary).toMatchObject({ requested: 200, verdicts: { ok: 180, 'tcp.refused': 20 } });
    expect(reports.map(({ target }) => target.host)).toEqual(hosts.map((host) => host.split(':')[0]));
    expect(summary.targets.map(({ verdict }) => verdict.id)).toEqual(reports.map(({ verdict }) => verdict.id));
  });

  it('one connection and three calls for each target that works', async () => {
    const wide = await startPong('--bind', '0.0.0.0');
    const list = file(Array.from({ length: 20 }, (_, index) => `127.0.0.${index + 1}:${wide.port}`).join('\n'));
    const { status, stdout } = await command('ping', ['--targets', list, '--json', '-q']).ended;
    expect(status).toBe(0);
    const { reports } = linesOf(stdout);
    expect(reports.map(({ attestation }) => attestation?.result)).toEqual(reports.map(() => 'one-session'));
    wide.process.kill('SIGTERM');
    const { connections, calls } = summaryOf(await wide.ended);
    expect(connections.total).toBe(20);
    expect(Object.values(calls)).toEqual([20, 20, 20]);
  });

  it('each with its thumbprint in the file', async () => {
    const report = reportOf(
      (await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '--json', '-q']).ended).stdout,
    );
    const at = `127.0.0.1:${pong.port}`;
    const list = file(`${at} ${report.peer.thumbprint ?? ''}\n${at} ${'0'.repeat(40)} # a different one\n`);
    const { summary } = linesOf((await command('ping', ['--targets', list, '--json', '-q']).ended).stdout);
    expect(summary.targets.map(({ verdict }) => verdict.id)).toEqual(['ok', 'trust.unexpected-thumbprint']);
  });

  it('stopped in the middle: reports the targets that were started and the total number', async () => {
    // A port that accepts connections and does not reply blocks each attempt until its timeout.
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port)),
    );
    const list = file([`127.0.0.1:${pong.port}`, ...Array.from({ length: 20 }, () => `127.0.0.1:${port}`)].join('\n'));
    const ping = command('ping', ['--targets', list, '--json', '--concurrency', '2']);
    await ping.printed(/1\/1/);
    ping.process.kill('SIGINT');
    const { stdout, status } = await ping.ended;
    silent.close();
    expect(status).toBe(3);
    const { reports, summary } = linesOf(stdout);
    expect(summary.requested).toBe(21);
    expect(reports.length).toBe(summary.targets.length);
    expect(reports.length).toBeGreaterThanOrEqual(1);
    expect(reports.length).toBeLessThan(21);
    expect(reports[0]?.verdict.id).toBe('ok');
  });

  it.each<[string[], RegExp]>([
    [['--targets', '/nonexistent'], /--targets: "\/nonexistent".*no such file/],
    [['--targets', file('web01\n???\n')], /targets\.txt, line 2: "\?\?\?"/],
    [['a', 'b', '--address', '127.0.0.1'], /--address/],
    [['a', 'b', '--thumbprint', 'A'.repeat(40)], /--targets/],
    [['a', '--all-addresses', '--address', '127.0.0.1'], /--all-addresses.*--address/],
    [['a', '--all-addresses', '--proxy', 'proxy:3128'], /--all-addresses.*--proxy/],
    [['--all-addresses'], /HOST/],
  ])('%j is rejected in one line', async (args, message) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
