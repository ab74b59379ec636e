import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, startPong } from './command.js';
import { reportOf } from './report.js';

describe('the load profile', () => {
  let pong: Command & { port: number };
  beforeAll(async () => {
    pong = await startPong();
  });
  afterAll(() => pong.process.kill());

  const measured = async (...args: string[]) => {
    const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '--json', '-q', ...args]).ended;
    return reportOf(stdout);
  };

  it('a rate that is too high: every attempt is made, most are late, and latency also counts from the scheduled time', async () => {
    // Sequential connections reach a few hundred per second at most.
    const { attempts, pace, stages, records } = await measured('--rate', '5000/s', '--count', '200');
    expect(attempts).toEqual({ sent: 200, ok: 200, failed: 0, cancelled: 0 });
    expect(pace.late).toBeGreaterThan(150);
    expect(stages.sinceScheduled?.count).toBe(200);
    expect(stages.sinceScheduled?.maxUs).toBeGreaterThan(stages.total?.maxUs ?? Number.POSITIVE_INFINITY);
    for (const { totalUs, sinceScheduledUs } of records) expect(sinceScheduledUs).toBeGreaterThanOrEqual(totalUs);
    expect(records.filter(({ isLate }) => isLate)).toHaveLength(pace.late);
  });

  it('concurrent attempts on new connections: each is counted once, and the peer is identified once', async () => {
    const { attempts, records, stages, peer, pace } = await measured('-i', '0', '-c', '60', '--concurrency', '6');
    expect(attempts).toEqual({ sent: 60, ok: 60, failed: 0, cancelled: 0 });
    expect(records.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(peer.kind).toBe('pong');
    expect(stages.sinceScheduled).toBeUndefined();
    expect(pace.busyP99Us).toBeGreaterThanOrEqual(0);
  });

  it('concurrent attempts with --reuse: each worker reuses its own connection', async () => {
    const { attempts, stages, reconnects } = await measured('-i', '0', '-c', '60', '--concurrency', '4', '--reuse');
    expect(attempts.ok).toBe(60);
    expect(stages.tls?.count).toBeLessThanOrEqual(4);
    expect(stages.tls?.count).toBeGreaterThan(1);
    expect(reconnects).toBe(0);
  });

  it('warm-up attempts are counted separately', async () => {
    const { attempts, pace, records } = await measured('-i', '0', '-c', '5', '--warmup', '7');
    expect(attempts.sent).toBe(5);
    expect(pace.warmup).toEqual({ sent: 7, failed: 0 });
    expect(records.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a duration lets attempts finish: none is cancelled', async () => {
    const { attempts } = await measured('-i', '0', '--duration', '300ms', '--concurrency', '3');
    expect(attempts.sent).toBeGreaterThan(0);
    expect(attempts.cancelled).toBe(0);
  });

  it('a deadline cancels attempts, and counts those that were due and not started', async () => {
    const { attempts, pace } = await measured('--rate', '5000/s', '--deadline', '500ms');
    expect(attempts.sent).toBe(attempts.ok + attempts.failed + attempts.cancelled);
    expect(pace.notStarted).toBeGreaterThan(0);
  });

  it('Ctrl+C under load: the report accounts for every attempt', async () => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--json', '-i', '0', '--concurrency', '5']);
    await ping.printed(/^ +40 {2}/m);
    ping.process.kill('SIGINT');
    const { stdout } = await ping.ended;
    const { attempts, stages } = reportOf(stdout);
    expect(attempts.sent).toBe(attempts.ok + attempts.failed + attempts.cancelled);
    expect(attempts.sent).toBeGreaterThanOrEqual(40);
    expect(stages.total?.count).toBe(attempts.ok);
  });

  it('the requested name in TLS is that of the option, or none', async () => {
    const log = await startPong();
    const to = `localhost:${log.port}`;
    for (const more of [[], ['--servername', 'other.example'], ['--no-sni']])
      await command('ping', [to, '-c', '1', '-q', ...more]).ended;
    await command('ping', [`named.example:${log.port}`, '--address', '127.0.0.1', '-c', '1', '-q']).ended;
    log.process.kill('SIGTERM');
    const { stderr } = await log.ended;
    const names = stderr.split('\n').flatMap((line) => {
      const { connectionId, serverName, bytesIn } = JSON.parse(line || '{}') as Record<string, unknown>;
      return connectionId === undefined || bytesIn === undefined ? [] : [serverName];
    });
    // Each run has one attempt, and one connection that fetches pong's records.
    expect(names).toEqual(['localhost', 'other.example', undefined, 'named.example'].flatMap((name) => [name, name]));
  });
});
