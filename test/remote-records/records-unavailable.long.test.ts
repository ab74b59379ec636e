import { describe, expect, it } from 'vitest';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

const HOW = /tentacle-pong --record pong\.ndjson .*tentacle-ping compare ping\.ndjson pong\.ndjson/;

describe('where the records of the other end are not available, the report says why and what to do', () => {
  it.each([[['--json'], undefined] as const, [['--verbose'], HOW] as const])(
    'no listener, %j',
    async (more, pattern) => {
      const { stdout } = await command('ping', ['127.0.0.1:1', '-c', '1', ...more]).ended;
      if (pattern === undefined) expect(reportOf(stdout).otherEnd).toEqual({ status: 'not-seen', why: 'unknown-peer' });
      else expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(pattern);
    },
  );

  it('pong does not trust the certificate, and returns no records', async () => {
    const pong = await startPong('--trust', 'B'.repeat(40));
    const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '--json']).ended;
    pong.process.kill();
    expect(reportOf(stdout).otherEnd).toEqual({ status: 'not-seen', why: 'refused' });
  });

  it.each(['tls', 'identity'])('the records are not fetched where --level %s excludes calls', async (level) => {
    const pong = await startPong();
    const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '1', '--json', '--level', level]).ended;
    pong.process.kill('SIGTERM');
    expect(reportOf(stdout)).not.toHaveProperty('otherEnd');
    const { stdout: summary } = await pong.ended;
    expect(summary).toContain('"connections":{"total":1,');
  });

  it('pong stops responding: Ctrl+C still ends the run', async () => {
    const pong = await startPong();
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--json', '-W', '60s']);
    await ping.printed(/^ +3 {2}/m);
    pong.process.kill('SIGSTOP');
    ping.process.kill('SIGINT');
    const { stdout, status } = await ping.ended;
    pong.process.kill('SIGKILL');
    const { attempts, otherEnd } = reportOf(stdout);
    expect(attempts.ok).toBeGreaterThanOrEqual(3);
    expect(status).toBe(0);
    expect(otherEnd).toEqual({ status: 'not-seen', why: 'not-reached' });
  });
});
