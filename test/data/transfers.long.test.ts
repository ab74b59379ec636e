import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../packages/ping/src/report/report.js';
import { type Command, command, type Ended, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { tcpPeer } from '../peers/tcp-peer.js';
import { tentaclePeer } from '../peers/tentacle-peer.js';
import { changing, tlsRelay } from '../peers/tls-relay.js';

let pong: Command & { port: number };
beforeAll(async () => {
  pong = await startPong();
});
afterAll(() => {
  pong.process.kill();
});

function checked({ stdout }: Ended): Report {
  const report = reportOf(stdout);
  const { sent, ok, failed, cancelled } = report.attempts;
  expect(sent).toBe(ok + failed + cancelled);
  for (const { movedBytes, last } of report.transfers ?? []) {
    if (sent === 1) expect(last.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(movedBytes);
    expect(last.bytes.length).toBeLessThanOrEqual(60);
  }
  return report;
}

async function measured(port: number, ...args: readonly string[]): Promise<{ report: Report; ended: Ended }> {
  const ended = await command('ping', [`127.0.0.1:${port}`, ...args, '--json', '--quiet']).ended;
  return { report: checked(ended), ended };
}

/** A gibibyte in CI; less elsewhere, so that a developer does not wait for minutes. */
const LARGE_BYTES = process.env['CI'] === 'true' ? 2 ** 30 : 2 ** 26;

describe('--upload and --download', () => {
  it(`transfer ${LARGE_BYTES} bytes in each direction and compare every byte`, { timeout: 300_000 }, async () => {
    const { report, ended } = await measured(
      pong.port,
      '--upload',
      String(LARGE_BYTES),
      '--download',
      String(LARGE_BYTES),
      // On a machine that is busy with other tests, no data may move for a long time.
      '--timeout',
      '2m',
    );
    expect(ended.status).toBe(0);
    const whole = { sizeBytes: LARGE_BYTES, movedBytes: LARGE_BYTES, whole: 1, broken: 0 };
    expect(report.transfers).toMatchObject([
      { direction: 'upload', ...whole },
      { direction: 'download', ...whole },
    ]);
    expect(report).toMatchObject({ level: 'transfer', verdict: { id: 'ok' } });
    expect(report.stages.data).toMatchObject({ count: 2 });
  });

  it('repeat on a reused connection', async () => {
    const { report } = await measured(pong.port, '--upload', '100KB', '--count', '3', '--interval', '0', '--reuse');
    expect(report.transfers).toMatchObject([{ whole: 3, broken: 0, movedBytes: 300_000 }]);
    expect(report.attempts).toEqual({ sent: 3, ok: 3, failed: 0, cancelled: 0 });
  });

  it.each([
    ['upload', 'connector'],
    ['download', 'listener'],
  ] as const)('%s: a byte that a device inside TLS changes is found, with its offset', async (direction, side) => {
    const device = await tlsRelay(pong.port, changing(side, 1_000_000));
    const { report, ended } = await measured(device.port, `--${direction}`, '2MB');
    expect(ended.status).toBe(1);
    // The verdict names the reason: pong attests that its TLS session is a different one.
    expect(report.verdict.id).toBe('trust.intercepted');
    expect(report.failures[0]?.id).toBe('data.corrupted');
    const { transfer } = report.failures[0]?.evidence ?? {};
    expect(transfer).toMatchObject({ direction, sizeBytes: 2_000_000, movedBytes: 2_000_000 });
    // In that direction, the preamble or identity and some messages precede the stream.
    expect(transfer?.differsAt).toBeGreaterThan(990_000);
    expect(transfer?.differsAt).toBeLessThan(1_000_000);
    expect(report.transfers).toMatchObject([{ direction, whole: 0, broken: 1 }]);
  });

  it.each([['--upload'], ['--download']])('%s: Ctrl+C in the middle reports the bytes that moved', async (option) => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, option, '9GiB', '--json']);
    await ping.printed(/load: [\d.]+ MB of/);
    ping.process.kill('SIGINT');
    const ended = await ping.ended;
    expect(ended.status).toBe(1);
    const report = checked(ended);
    expect(report.attempts).toEqual({ sent: 1, ok: 0, failed: 0, cancelled: 1 });
    expect(report.level).toBe('partial-transfer');
    const [transfer] = report.transfers ?? [];
    expect(report.verdict).toMatchObject({ id: 'incomplete', next: [{ who: 'you' }] });
    expect(report.verdict.means).toContain(`${transfer?.movedBytes.toLocaleString('en-US') ?? ''} byte`);
    expect(transfer).toMatchObject({ whole: 0, broken: 1 });
    expect(transfer?.movedBytes).toBeGreaterThan(0);
    expect(transfer?.fastestPerSecond).toBeGreaterThan(0);
    expect(report.records[0]?.transfers).toHaveLength(1);
  });

  it('are not tried on a real Tentacle, and this is not reported as a failure', async () => {
    const tentacle = await tentaclePeer();
    const { report, ended } = await measured(tentacle.port, '--upload', '1MB');
    expect(ended.status).toBe(1);
    expect(report).toMatchObject({
      attempts: { sent: 1, ok: 1, failed: 0, cancelled: 0 },
      peer: { kind: 'tentacle' },
      level: 'capabilities',
      failures: [],
      verdict: { id: 'incomplete', next: [{ who: 'tentacle-admin' }, { who: 'you' }] },
    });
    expect(report.verdict.next.some(({ linux = '' }) => linux.includes('tentacle-pong'))).toBe(true);
  });

  it('print no progress with --quiet', async () => {
    const ping = command('ping', [
      `127.0.0.1:${pong.port}`,
      '--download',
      '9GiB',
      '--json',
      '--quiet',
      '--deadline',
      '1s',
    ]);
    expect((await ping.ended).stderr).toBe('');
  });
});

describe('--sizes', () => {
  it('on a real Tentacle tries only sizes that fit into a request for its page', async () => {
    const tentacle = await tentaclePeer();
    const { report, ended } = await measured(tentacle.port, '--sizes', '1,1400,19000,64KB');
    expect(ended.status).toBe(0);
    expect(report.attempts).toEqual({ sent: 4, ok: 4, failed: 0, cancelled: 0 });
    expect(report.level).toBe('page-upload');
    expect(report.sizes).toMatchObject({ by: 'page', upload: { largestOkBytes: 19_000, complete: true } });
    expect(report.sizes?.download).toBeUndefined();
    expect(report.verdict).toMatchObject({ id: 'ok', next: [{ who: 'tentacle-admin' }] });
    expect(report.verdict.title).toContain('19,000');
    // A real one reads at most 20,000 characters.
    expect(Math.max(...tentacle.requests)).toBeLessThan(20_000);
  });

  it('reports that all sizes passed', async () => {
    const { report, ended } = await measured(pong.port, '--sizes', '1,1400,64KB');
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(report.attempts).toEqual({ sent: 7, ok: 7, failed: 0, cancelled: 0 });
    const found = { largestOkBytes: 64_000, inconsistent: [], complete: true };
    expect(report.sizes).toMatchObject({ upload: found, download: found });
    expect(report.sizes?.tried.filter(({ outcome }) => outcome === 'ok')).toHaveLength(6);
    expect(report.verdict).toMatchObject({ id: 'ok', next: [] });
    for (const size of ['1', '1,400', '64,000']) expect(report.verdict.means).toMatch(new RegExp(`\\b${size}\\b`));
  });

  it('Ctrl+C in the middle reports the sizes that passed', async () => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--sizes', '1,1GiB', '--json']);
    await ping.printed(/upload 1 B .*ok[\s\S]*download 1 B .*ok|download 1 B .*ok[\s\S]*upload 1 B .*ok/);
    ping.process.kill('SIGINT');
    const report = checked(await ping.ended);
    expect(report.attempts).toMatchObject({ failed: 0 });
    const found = { largestOkBytes: 1, complete: false };
    expect(report.sizes).toMatchObject({ upload: found, download: found });
    expect(report.verdict).toMatchObject({ id: 'ok', next: [] });
    // The size that was not reached is not reported as passed.
    expect(report.verdict.means).not.toMatch(/1,073,741,824/);
  });

  it('where TLS cannot be established names large packets as a possible cause', async () => {
    const silent = await tcpPeer(() => undefined);
    const { report, ended } = await measured(silent.port, '--sizes', '--timeout', '500ms');
    expect(ended.status).toBe(1);
    expect(report.attempts).toEqual({ sent: 1, ok: 0, failed: 1, cancelled: 0 });
    expect(report.verdict.id).toBe('tls.silent');
    // The first step tests the path with packets of 1,280 bytes, the least that any link must carry.
    expect(report.verdict.next[0]?.windows).toMatch(/^ping -f -l 12\d\d 127\.0\.0\.1/);
    expect(report.sizes).toBeUndefined();
  });
});

describe('options that exclude each other', () => {
  it.each([
    [['web01', 'web02', '--upload', '1MB'], ['--upload']],
    [['web01', '--all-addresses', '--sizes'], ['--sizes']],
    [
      ['web01', '--sizes', '--download', '1MB'],
      ['--sizes', '--download'],
    ],
  ])('%j is rejected in one line', async (args, options) => {
    const ended = await command('ping', args).ended;
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    for (const option of options) expect(ended.stderr).toContain(option);
    expect(ended.stderr.trim()).not.toContain('\n');
  });
});
