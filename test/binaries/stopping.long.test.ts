import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../packages/ping/src/report/report.js';
import { type Command, command, type Ended, startPong } from './command.js';

/** Parses a report, and checks that it accounts for every attempt. */
function checked({ stdout }: Ended): Report {
  const report = JSON.parse(stdout) as Report;
  const { sent, ok, failed, cancelled } = report.attempts;
  expect(sent).toBe(ok + failed + cancelled);
  expect(report.records.length + report.recordsDropped).toBe(sent);
  return report;
}

describe('stopping ping', () => {
  let pong: Command & { port: number };
  let silent: Server;
  let silentPort: number;
  beforeAll(async () => {
    pong = await startPong();
    silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    silentPort = (silent.address() as { port: number }).port;
  });
  afterAll(() => {
    pong.process.kill();
    silent.close();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s between attempts: the report is printed, all ok',
    async (signal) => {
      const ping = command('ping', [`127.0.0.1:${pong.port}`, '--interval', '1h', '--json']);
      await ping.printed(/^ +1 {2}/m);
      ping.process.kill(signal);
      const ended = await ping.ended;
      expect(ended.status).toBe(0);
      expect(checked(ended).attempts).toEqual({ sent: 1, ok: 1, failed: 0, cancelled: 0 });
    },
  );

  it('SIGINT under load, without a count: nothing is lost', async () => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--interval', '0', '--json']);
    await ping.printed(/^ +20 {2}/m);
    ping.process.kill('SIGINT');
    const ended = await ping.ended;
    const { attempts } = checked(ended);
    expect(attempts.ok).toBeGreaterThanOrEqual(20);
    expect(attempts.failed).toBe(0);
    expect(ended.status).toBe(0);
  });

  it('SIGINT in the middle of an attempt: it is cancelled, and nothing was measured', async () => {
    const ping = command('ping', [`127.0.0.1:${silentPort}`, '--timeout', '1h', '--json']);
    const [connection] = (await once(silent, 'connection')) as [{ once: (event: 'data', f: () => void) => void }];
    await new Promise<void>((resolve) => connection.once('data', resolve));
    ping.process.kill('SIGINT');
    const ended = await ping.ended;
    expect(ended.status).toBe(1);
    const report = checked(ended);
    expect(report.attempts).toEqual({ sent: 1, ok: 0, failed: 0, cancelled: 1 });
    expect(report.verdict.id).toBe('nothing-measured');
  });

  it('--deadline stops an attempt that hangs, and reports', async () => {
    const ended = await command('ping', [`127.0.0.1:${silentPort}`, '--timeout', '1h', '--deadline', '300ms', '--json'])
      .ended;
    expect(checked(ended).attempts).toMatchObject({ sent: 1, cancelled: 1 });
  });

  it('ends quietly when the reader of its output disconnects', async () => {
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--interval', '1ms']);
    await ping.printed(/^ +1 {2}/m);
    ping.process.stdout?.destroy();
    const { stderr } = await ping.ended;
    expect(stderr).not.toMatch(/EPIPE|[Ee]rror/);
  });
});

describe('a reused connection that breaks', () => {
  it('is a failure of that attempt; the next attempt opens a new one, and the report counts it', async () => {
    const pong = await startPong();
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '--reuse', '--interval', '100ms', '--json']);
    await ping.printed(/^ +2 {2}ok/m);
    pong.process.kill('SIGTERM');
    await pong.ended;
    const again = command('pong', ['--port', String(pong.port), '--bind', '127.0.0.1', '--json']);
    await again.printed(/"port":/);
    await ping.printed(/^ +\d+ {2}rpc\.[\s\S]*^ +\d+ {2}ok/m);
    ping.process.kill('SIGINT');
    const report = checked(await ping.ended);
    expect(report.attempts.failed).toBeGreaterThan(0);
    expect(report.reconnects).toBeGreaterThan(0);
    again.process.kill('SIGTERM');
    await again.ended;
  });
});
