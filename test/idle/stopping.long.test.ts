import { describe, expect, it } from 'vitest';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

describe('tentacle-ping --idle', () => {
  it.each([
    ['SIGINT', []],
    ['--deadline', ['--deadline', '4s']],
  ] as const)('reports what it knows when it is stopped by %s', async (by, options) => {
    const pong = await startPong();
    const args = [`127.0.0.1:${pong.port}`, '--idle', '100ms..1h', '--json', ...options];
    const ping = command('ping', args);
    await ping.printed(/idle 100 ms with keep-alive: ok/);
    await ping.printed(/idle 100 ms without keep-alive: ok/);
    if (by === 'SIGINT') ping.process.kill(by);
    const { status, stdout } = await ping.ended;
    const { idle, attempts, verdict } = reportOf(stdout);
    expect(status).toBe(0);
    expect(attempts.sent).toBe(attempts.ok + attempts.failed + attempts.cancelled);
    expect(verdict).toMatchObject({ id: 'ok', next: [{ who: 'you' }] });
    expect(idle?.keepAliveOn).toMatchObject({ outcome: 'ok', deaths: 0 });
    expect(idle?.keepAliveOff.longestOkUs).toBeGreaterThanOrEqual(100_000);
    expect(idle?.probes.filter(({ outcome }) => outcome === 'cut').length).toBeGreaterThan(0);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it('reports that connections were opened when it is stopped before any had been idle', async () => {
    const pong = await startPong();
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--idle', '30m..1h', '--json']);
    await ping.printed(/30 min to 60 min|1 h/);
    ping.process.kill('SIGINT');
    const { status, stdout } = await ping.ended;
    expect(status).toBe(1);
    const { verdict, attempts } = reportOf(stdout);
    expect(verdict.id).toBe(attempts.ok === 0 ? 'nothing-measured' : 'incomplete');
    if (attempts.ok > 0) expect(verdict.means).toContain(String(attempts.ok));
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it('reports the usual failure, without a search, for a peer that cannot be reached', async () => {
    const ended = await command('ping', ['127.0.0.1:1', '--idle', '1s', '--json', '--quiet']).ended;
    expect(ended).toMatchObject({ status: 1, stderr: '' });
    const report = reportOf(ended.stdout);
    expect(report.verdict.id).toBe('tcp.refused');
    expect(report.idle).toBeUndefined();
  });

  it('prints a table with a line for each time, and the progress on stderr', async () => {
    const pong = await startPong();
    const { status, stdout, stderr } = await command('ping', [`127.0.0.1:${pong.port}`, '--idle', '400ms']).ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^idle for +with keep-alive +without$/m);
    expect(stdout).toMatch(/^ *400 ms +ok, [\d.]+ ms +ok, [\d.]+ ms$/m);
    expect(stdout).toMatch(/^ok .*[^)]$/m);
    expect(stderr).toMatch(/^idle 400 ms with keep-alive: ok/m);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });
});
