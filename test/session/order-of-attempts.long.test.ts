import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Command, command, type Ended, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { freePort } from '../free-port.js';

async function endOf({ process, ended }: Command): Promise<Ended> {
  process.kill('SIGTERM');
  return ended;
}

function startPongAt(port: number): Command {
  return command('pong', ['--port', String(port), '--bind', '127.0.0.1', '--json']);
}

describe('the order of attempts', () => {
  it('shows that the port was opened during the run', async () => {
    const port = await freePort();
    const ping = command('ping', [`127.0.0.1:${port}`, '-i', '100ms', '--json']);
    await ping.printed(/^ +2 {2}tcp\.refused/m);
    const pong = startPongAt(port);
    await ping.printed(/^ +\d+ {2}ok[\s\S]*^ +\d+ {2}ok/m);
    ping.process.kill('SIGINT');
    const report = reportOf((await ping.ended).stdout);
    await endOf(pong);
    expect(report).toMatchObject({ failurePattern: 'came-up', outagesDropped: 0, verdict: { id: 'tcp.refused' } });
    const [outage, ...more] = report.outages;
    expect(more).toEqual([]);
    expect(outage).toMatchObject({ attempts: report.attempts.failed, id: 'tcp.refused' });
    const { firstAt, lastAt } = report.failures[0] ?? { firstAt: '', lastAt: '' };
    expect([outage?.fromAt ?? '', firstAt, lastAt].toSorted()).toEqual([outage?.fromAt, firstAt, lastAt]);
    expect(outage?.toAt).toBe(lastAt);
    // The first success is named with its time, and so is the last failure.
    const first = report.records.find(({ outcome }) => outcome === 'ok');
    for (const moment of [first?.startedAt, lastAt])
      expect(report.verdict.means).toContain((moment ?? 'none').slice(11, 23));
  });

  it('shows that the port was closed during the run, which pong itself can no longer say', async () => {
    const pong = await startPong();
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '-i', '100ms', '--json']);
    await ping.printed(/^ +2 {2}ok/m);
    await endOf(pong);
    await ping.printed(/tcp\.refused[\s\S]*tcp\.refused/);
    ping.process.kill('SIGINT');
    const report = reportOf((await ping.ended).stdout);
    expect(report).toMatchObject({ failurePattern: 'stopped', verdict: { certainty: { kind: 'ambiguous' } } });
    expect(report.otherEnd).toEqual({ status: 'not-seen', why: 'not-listening', failure: 'tcp.refused' });
    // It names the last attempt that reached the port. Behind the last success are at most the attempt that pong's end cut,
    // and the one that the end of the run canceled.
    const reached = report.records.filter(({ outcome }) => outcome !== 'tcp.refused');
    const times = reached.slice(-3).map(({ startedAt }) => startedAt.slice(11, 23));
    expect(times.filter((time) => report.verdict.means.includes(time))).not.toEqual([]);
  });

  it('shows a load balancer of which one target does not work', async () => {
    const pong = await startPong();
    let connections = 0;
    const relay: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      // The first connection identifies the peer, and the last one fetches its records.
      if (++connections % 2 === 0) {
        socket.end();
        return;
      }
      const upstream = connect(pong.port, '127.0.0.1');
      upstream.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void relay.close());
    await once(relay, 'listening');
    const { port } = relay.address() as { port: number };
    const ended = await command('ping', [`127.0.0.1:${port}`, '-c', '8', '-i', '0', '--json', '-q']).ended;
    const report = reportOf(ended.stdout);
    await endOf(pong);
    expect(report).toMatchObject({ failurePattern: 'alternating', attempts: { ok: 4, failed: 4 } });
    expect(report.outages).toHaveLength(4);
    expect(report.verdict.id).toMatch(/^tls\.(closed|reset)$/);
  });
});

describe('a reused connection', () => {
  it('carries more attempts than the report has records of, all of which arrived', async () => {
    const pong = await startPong();
    const { stdout } = await command('ping', [
      `127.0.0.1:${pong.port}`,
      '--reuse',
      '-c',
      '1500',
      '-i',
      '0',
      '--json',
      '-q',
    ]).ended;
    await endOf(pong);
    const report = reportOf(stdout);
    expect(report.attempts.ok).toBe(1500);
    expect(report.otherEnd).toMatchObject({
      status: 'compared',
      attempts: { sent: 1500, arrived: 1, kept: 1499, neverArrived: 0, unknown: 0 },
    });
    // The stages and the rest add up to the whole.
    const { stages } = report;
    const sum = (['tcp', 'tls', 'identity', 'rpc', 'other'] as const).reduce((total, stage) => {
      const { meanUs = 0, count = 0 } = stages[stage] ?? {};
      return total + meanUs * count;
    }, 0);
    const { meanUs = 0, count = 0 } = stages.total ?? {};
    // Means are rounded to a microsecond.
    expect(Math.abs(sum - meanUs * count)).toBeLessThanOrEqual(2 * count);
  });
});
