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

/** A gibibyte where time is no matter; elsewhere what fits a developer's minutes. */
const LARGE_BYTES = process.env['CI'] === 'true' ? 2 ** 30 : 2 ** 26;

describe('--upload and --download', () => {
  it(`move ${LARGE_BYTES} bytes each way, and every byte is compared`, { timeout: 300_000 }, async () => {
    const { report, ended } = await measured(
      pong.port,
      '--upload',
      String(LARGE_BYTES),
      '--download',
      String(LARGE_BYTES),
      // A machine that is busy with other tests may give this one nothing for long.
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

  it('on a kept connection, several times', async () => {
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
    // The report also knows whose doing it is: pong attests that its TLS ends elsewhere.
    expect(report.verdict.id).toBe('trust.intercepted');
    expect(report.failures[0]?.id).toBe('data.corrupted');
    const { transfer } = report.failures[0]?.evidence ?? {};
    expect(transfer).toMatchObject({ direction, sizeBytes: 2_000_000, movedBytes: 2_000_000 });
    // Before the stream come, in that direction, the preamble or identity and some messages.
    expect(transfer?.differsAt).toBeGreaterThan(990_000);
    expect(transfer?.differsAt).toBeLessThan(1_000_000);
    expect(report.transfers).toMatchObject([{ direction, whole: 0, broken: 1 }]);
  });

  it.each([['--upload'], ['--download']])('%s: Ctrl+C in the middle reports what had moved', async (option) => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, option, '1TiB', '--json']);
    await ping.printed(/load: [\d.]+ MB of/);
    ping.process.kill('SIGINT');
    const ended = await ping.ended;
    expect(ended.status).toBe(1);
    const report = checked(ended);
    expect(report.attempts).toEqual({ sent: 1, ok: 0, failed: 0, cancelled: 1 });
    expect(report.verdict).toMatchObject({ id: 'nothing-measured' });
    const [transfer] = report.transfers ?? [];
    expect(transfer).toMatchObject({ whole: 0, broken: 1 });
    expect(transfer?.movedBytes).toBeGreaterThan(0);
    expect(transfer?.fastestPerSecond).toBeGreaterThan(0);
    expect(report.records[0]?.transfers).toHaveLength(1);
  });

  it('are not tried on a real Tentacle, which is no failure of the network', async () => {
    const tentacle = await tentaclePeer();
    const { report, ended } = await measured(tentacle.port, '--upload', '1MB');
    expect(ended.status).toBe(1);
    expect(report).toMatchObject({
      attempts: { sent: 1, ok: 1, failed: 0, cancelled: 0 },
      peer: { kind: 'tentacle' },
      level: 'capabilities',
      failures: [],
      verdict: { id: 'nothing-measured', next: [{ who: 'tentacle-admin' }, { who: 'you' }] },
    });
    expect(report.verdict.next.some(({ linux = '' }) => linux.includes('tentacle-pong'))).toBe(true);
  });

  it('say on stderr how they stand, and with --quiet nothing', async () => {
    const ping = command('ping', [
      `127.0.0.1:${pong.port}`,
      '--download',
      '1TiB',
      '--json',
      '--quiet',
      '--deadline',
      '1s',
    ]);
    expect((await ping.ended).stderr).toBe('');
  });
});

describe('--sizes', () => {
  it('on a real Tentacle tries what fits into a request for its page, and no more', async () => {
    const tentacle = await tentaclePeer();
    const { report, ended } = await measured(tentacle.port, '--sizes', '1,1400,19000,64KB');
    expect(ended.status).toBe(0);
    expect(report.attempts).toEqual({ sent: 4, ok: 4, failed: 0, cancelled: 0 });
    expect(report.level).toBe('page-upload');
    expect(report.sizes).toMatchObject({ by: 'page', upload: { largestOkBytes: 19_000, complete: true } });
    expect(report.sizes?.download).toBeUndefined();
    expect(report.verdict).toMatchObject({ id: 'ok', next: [{ who: 'tentacle-admin' }] });
    expect(report.verdict.title).toContain('19,000');
    // A real one gives up at 20,000 characters.
    expect(Math.max(...tentacle.requests)).toBeLessThan(20_000);
  });

  it('finds that all pass', async () => {
    const { report, ended } = await measured(pong.port, '--sizes', '1,1400,64KB');
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(report.attempts).toEqual({ sent: 7, ok: 7, failed: 0, cancelled: 0 });
    const found = { largestOkBytes: 64_000, inconsistent: [], complete: true };
    expect(report.sizes).toMatchObject({ upload: found, download: found });
    expect(report.sizes?.tried.filter(({ outcome }) => outcome === 'ok')).toHaveLength(6);
    expect(report.verdict).toMatchObject({ id: 'ok', next: [] });
  });

  it('Ctrl+C in the middle reports what had passed', async () => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--sizes', '1,1GiB', '--json']);
    await ping.printed(/upload 1 B .*ok[\s\S]*download 1 B .*ok|download 1 B .*ok[\s\S]*upload 1 B .*ok/);
    ping.process.kill('SIGINT');
    const report = checked(await ping.ended);
    expect(report.attempts).toMatchObject({ failed: 0 });
    const found = { largestOkBytes: 1, complete: false };
    expect(report.sizes).toMatchObject({ upload: found, download: found });
    expect(report.verdict).toMatchObject({ id: 'ok', next: [] });
  });

  it('where not even TLS can be made says why that may be', async () => {
    const silent = await tcpPeer(() => undefined);
    const { report, ended } = await measured(silent.port, '--sizes', '--timeout', '500ms');
    expect(ended.status).toBe(1);
    expect(report.attempts).toEqual({ sent: 1, ok: 0, failed: 1, cancelled: 0 });
    expect(report.verdict.id).toBe('tls.silent');
    expect(report.sizes).toBeUndefined();
  });
});

describe('what cannot be meant', () => {
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
