import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { okVerdict } from '../../packages/ping/src/report/run-verdicts.js';
import type { Comparison } from '../../packages/ping/src/compare/comparison.js';
import { pemOf, testIdentity } from '../identities.js';
import { healthyPeer } from '../peers/service-peer.js';
import { type Command, command, home, startPong, summaryOf } from './command.js';
import { reportOf } from './report.js';

describe('the pair', () => {
  it.each([
    ['a new connection each time', [], 100, 'dns,tcp,tls,identity,rpc,other,total'],
    ['one reused connection', ['--reuse'], 1, 'dns,tcp,tls,identity,rpc,other,total'],
  ])('100 attempts, %s: both ends count the same', async (_name, more, connections, stages) => {
    const pong = await startPong();
    const ping = command('ping', [`localhost:${pong.port}`, '--count', '100', '--interval', '0', '--json', ...more]);
    const { status, stdout } = await ping.ended;
    expect(status).toBe(0);
    const report = reportOf(stdout);
    expect(report.attempts).toEqual({ sent: 100, ok: 100, failed: 0, cancelled: 0 });
    expect(report.outcomes).toEqual({ ok: 100 });
    expect(report.stages.rpc?.count).toBe(100);
    expect(report.stages.tls?.count).toBe(connections);
    expect(Object.keys(report.stages).join()).toBe(stages);
    expect(report).toMatchObject({ level: 'echo', peer: { kind: 'pong' }, verdict: { id: 'ok' }, reconnects: 0 });
    expect(report.records).toHaveLength(100);
    for (const { totalUs, stages } of report.records) {
      expect(Number.isInteger(totalUs)).toBe(true);
      expect(stages.reduce((sum, { durationUs }) => sum + durationUs, 0)).toBeLessThanOrEqual(totalUs);
    }

    pong.process.kill('SIGTERM');
    const ended = await pong.ended;
    expect(ended.status).toBe(0);
    const summary = summaryOf(ended);
    expect(summary.calls['ITentaclePongService.Echo']).toBe(100);
    // One more connection fetches pong's records.
    expect(summary.connections.total).toBe(connections + 1);
    expect(Object.values(summary.endings).reduce((a, b) => a + b, 0)).toBe(connections + 1);
    const kept = 100 - connections;
    const attempts = { sent: 100, arrived: connections, neverArrived: 0, kept, notSent: 0, unknown: 0 };
    expect(report.otherEnd).toMatchObject({ status: 'compared', attempts, others: 0 });
  });

  describe('with one pong for all tests', () => {
    let pong: Command & { port: number };
    beforeAll(async () => {
      pong = await startPong();
    });
    afterAll(() => pong.process.kill());

    it('prints a line per attempt and a verdict', async () => {
      const { status, stdout, stderr } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '3', '-i', '0']).ended;
      expect(status).toBe(0);
      expect(stdout.match(/^ +\d {2}ok +[\d.]+ \|(?: +[\d.]+){5}$/gm)).toHaveLength(3);
      expect(stdout).toMatch(/\b3\b.*\b3 ok\b.*\b0 failed\b/);
      expect(stdout).toContain(okVerdict({ sent: 3, ok: 3, failed: 0 }, 'echo').title);
      expect(stderr).not.toMatch(/Error|at .*\.js/);
    });

    it('prints no line per attempt with --quiet', async () => {
      const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '3', '-i', '0', '-q']).ended;
      expect(stdout).not.toMatch(/^ +\d+ {2}ok /m);
      expect(stdout).toMatch(/\b3\b.*\b3 ok\b/);
    });

    it.each(['tls', 'identity', 'capabilities', 'echo'])('measures no further than --level %s', async (level) => {
      const { status, stdout } = await command('ping', [
        `127.0.0.1:${pong.port}`,
        '-c',
        '2',
        '-i',
        '0',
        '--level',
        level,
        '--json',
      ]).ended;
      expect(status).toBe(0);
      const report = reportOf(stdout);
      expect(report.level).toBe(level);
      expect(report.stages[level === 'echo' || level === 'capabilities' ? 'rpc' : (level as 'tls')]?.count).toBe(2);
    });

    it('pong and a Tentacle are told apart at the level that both have, and compared there', async () => {
      const tentacle = await healthyPeer();
      const files = [];
      for (const [kind, port] of [
        ['pong', pong.port],
        ['tentacle', tentacle.port],
      ] as const) {
        const { status, stdout } = await command('ping', [
          `127.0.0.1:${port}`,
          ...['-c', '6', '-i', '0', '--level', 'capabilities', '--json'],
        ]).ended;
        expect(status).toBe(0);
        expect(reportOf(stdout)).toMatchObject({ level: 'capabilities', peer: { kind } });
        const file = join(home, `${kind}.json`);
        writeFileSync(file, stdout);
        files.push(file);
      }
      const { stdout } = await command('ping', ['compare', ...files, '--json']).ended;
      const [pair] = (JSON.parse(stdout) as Comparison).pairs;
      expect(pair?.notCompared).toEqual([]);
      expect(pair?.stages.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['rpc', 'total']));
    });

    it("a pong with a Tentacle's certificate is still identified", async () => {
      const { cert, key } = pemOf(await testIdentity('Octopus Tentacle'));
      const [certFile, keyFile] = [join(home, 'tentacle-cert.pem'), join(home, 'tentacle-key.pem')];
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key, { mode: 0o600 });
      const inItsPlace = await startPong('--cert', certFile, '--key', keyFile);
      const { stdout } = await command('ping', [`127.0.0.1:${inItsPlace.port}`, '-c', '1', '--json']).ended;
      expect(reportOf(stdout)).toMatchObject({ level: 'echo', peer: { kind: 'pong' }, outcomes: { ok: 1 } });
      inItsPlace.process.kill();
    });

    it('the pinned thumbprint is accepted in any spelling, and another is rejected', async () => {
      const first = reportOf((await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '--json']).ended).stdout);
      const right = (first.peer.thumbprint ?? '').toLowerCase().replace(/(..)(?!$)/g, '$1:');
      const pinned = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '-t', right, '--json']).ended;
      expect(pinned.status).toBe(0);
      const wrong = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '-t', 'A'.repeat(40), '--json']).ended;
      expect(wrong.status).toBe(1);
      const [failure] = reportOf(wrong.stdout).failures;
      expect(failure).toMatchObject({
        id: 'trust.unexpected-thumbprint',
        evidence: { expectedThumbprint: 'A'.repeat(40), peerThumbprint: first.peer.thumbprint },
      });
    });
  });

  it('a pong that does not trust ping closes as a Tentacle does, and ping names the thumbprint to trust', async () => {
    const pong = await startPong('--trust', 'B'.repeat(40));
    const { status, stdout } = await command('ping', [`localhost:${pong.port}`, '-c', '3', '-i', '0', '--json']).ended;
    expect(status).toBe(1);
    const report = reportOf(stdout);
    expect(report.outcomes).toEqual({ 'trust.rejected-by-pong': 3 });
    expect(report).toMatchObject({ level: 'page', peer: { kind: 'pong', page: { status: 200 } } });
    expect(report.verdict.means).toContain(report.peer.ownThumbprint);
    pong.process.kill('SIGTERM');
    const ended = await pong.ended;
    // Its log and its summary name the thumbprint.
    expect(ended.stderr).toContain(report.peer.ownThumbprint);
    expect(ended.stdout).toContain(report.peer.ownThumbprint);
  });
});
