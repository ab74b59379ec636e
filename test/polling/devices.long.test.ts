import { describe, expect, it } from 'vitest';
import { reportOf } from '../binaries/report.js';
import { command, startPong } from '../binaries/command.js';
import { cuttingDevice, terminatingDevice } from './devices.js';
import { interrupted, pollingReportOf, pollReportOf, startListening, startPolling } from './polling-commands.js';

describe('a device between a polling pong and a listening ping', () => {
  it('terminates TLS without a client certificate: calls are answered, and polling does not count as working', async () => {
    const ping = await startListening('--count', '3', '--interval', '0');
    const pong = startPolling(await terminatingDevice(ping.port));
    const ended = await ping.ended;
    await interrupted(pong);
    const { calls, verdict, subscriptions } = pollingReportOf(ended);
    expect(calls).toEqual({ queued: 3, ok: 3, failed: 0, cancelled: 0 });
    expect(subscriptions[0]?.pollers).toMatchObject([{ thumbprint: null }]);
    expect(verdict.id).toBe('poll.no-certificate');
    expect(ended.status).toBe(1);
  });

  it('terminates TLS and requests no certificate: the poller sees that too', async () => {
    const ping = await startListening('--count', '3', '--interval', '0');
    const pong = startPolling(await terminatingDevice(ping.port, false));
    await ping.ended;
    const ended = await interrupted(pong);
    const { calls, verdict } = pollReportOf(ended);
    expect(Object.keys(calls).length).toBeGreaterThan(0);
    expect(verdict).toMatchObject({ id: 'trust.intercepted', certainty: { kind: 'conclusive' } });
    expect(verdict.next[0]?.who).toBe('network-team');
    expect(ended.status).toBe(1);
  });

  it('closes connections without work: each is lost, although every call was answered', async () => {
    const ping = await startListening('--interval', '1h');
    // Longer than the identities take on a busy machine.
    const device = await cuttingDevice(ping.port, 1000);
    const pong = startPolling(device.port, ['--connections', '3']);
    await ping.printed(/ 1 {2}ok/);
    await ping.printed(/- poll:\/\/.*\(0 open\)/);
    await interrupted(pong);
    const ended = await interrupted(ping);
    const { calls, verdict, endings } = pollingReportOf(ended);
    expect(calls).toEqual({ queued: 1, ok: 1, failed: 0, cancelled: 0 });
    expect(endings).toMatchObject({ 'poll.lost': 3 });
    expect(verdict).toMatchObject({ id: 'poll.connections-lost', certainty: { kind: 'ambiguous' } });
    expect(ended.status).toBe(1);
  });
});

describe('the time of a failure', () => {
  it('of a poller is when its connection ended, not when it began', async () => {
    const ping = await startListening('--interval', '1h', '--keep-alive', '50ms');
    const device = await cuttingDevice(ping.port);
    const pong = startPolling(device.port, ['--log-level', 'debug']);
    // It is at least 150 ms old.
    await pong.printed(/"keepAlives":3,/);
    const cutAt = device.cut();
    // Closed or reset, depending on what was under way.
    await pong.printed(/"outcome":"(poll|rpc)\./);
    const { failures, startedAt } = pollReportOf(await interrupted(pong));
    expect([startedAt, cutAt, failures[0]?.firstAt ?? ''].toSorted()).toEqual([startedAt, cutAt, failures[0]?.firstAt]);
    await interrupted(ping);
  });

  it('of a call is when its connection ended, not when it was queued', async () => {
    const ping = await startListening('--interval', '100ms');
    const device = await cuttingDevice(ping.port);
    const pong = startPolling(device.port);
    await ping.printed(/ 2 {2}ok/);
    await device.hold();
    const cutAt = device.cut();
    await ping.printed(/ \d+ {2}(poll|rpc)\./);
    await interrupted(pong);
    const { failures, records } = pollingReportOf(await interrupted(ping));
    const [failed] = records.filter(({ failure }) => failure !== undefined);
    const times = [failed?.startedAt ?? '', cutAt, failures[0]?.firstAt ?? ''];
    expect(times.toSorted()).toEqual(times);
    expect(failed?.failedAt).toBe(failures[0]?.firstAt);
  });

  it('of an idle connection is when it was lost, not when it began', async () => {
    const pong = await startPong();
    const device = await cuttingDevice(pong.port, 1000);
    const args = [`127.0.0.1:${device.port}`, '--idle', '3s', '--json', '-q'];
    const { stdout } = await command('ping', args).ended;
    await interrupted(pong);
    const { idle, verdict } = reportOf(stdout);
    const lost = (idle?.probes ?? []).filter(({ failedAt }) => failedAt !== undefined);
    expect(lost.length).toBeGreaterThan(0);
    // The device counts from the last data, which it saw before this end did.
    for (const { startedAt, failedAt = '' } of lost)
      expect(Date.parse(failedAt) - Date.parse(startedAt)).toBeGreaterThan(500);
    expect(verdict.id).toMatch(/^idle\./);
  });
});
