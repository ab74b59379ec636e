import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { tlsPeer } from '../peers/tls-peer.js';
import {
  endingPrinted,
  failureLogged,
  interrupted,
  pollingReportOf,
  pollReportOf,
  startListening,
  startPolling,
} from './polling-commands.js';

describe('a polling pong and a listening ping', () => {
  it('20 calls over three connections: both ends count the same', async () => {
    const ping = await startListening('--count', '20', '--interval', '0');
    const pong = startPolling(ping.port, ['--connections', '3', '--thumbprint', ping.thumbprint]);
    const ended = await ping.ended;
    expect(ended.status).toBe(0);
    const report = pollingReportOf(ended);
    expect(report.calls).toEqual({ queued: 20, ok: 20, failed: 0, cancelled: 0 });
    expect(report).toMatchObject({ collect: { count: 20 }, roundTrip: { count: 20 }, verdict: { id: 'ok' } });
    const [subscription] = report.subscriptions;
    expect(subscription?.pollers).toMatchObject([{ address: '127.0.0.1', calls: 20, peer: { kind: 'pong' } }]);

    // The server is gone; the poller reports it and tries again.
    await failureLogged(pong, 'poll.closed');
    const polled = pollReportOf(await interrupted(pong));
    expect(polled.calls['ITentaclePongService.Echo']).toBe(20);
    expect(Object.keys(polled.outcomes)).toContain('poll.closed');
    expect(polled.peer.thumbprint).toBe(report.ownThumbprint);
    expect(subscription?.pollers[0]?.thumbprint).toBe(polled.thumbprint);
  });

  it('Ctrl+C at the poller: it sends END, and both report', async () => {
    const ping = await startListening('--interval', '1h');
    const pong = startPolling(ping.port, ['--subscription', 'golden']);
    await Promise.all([ping.printed(/ 1 {2}ok/), endingPrinted(ping, 'registration-check')]);
    const polled = await interrupted(pong);
    expect(polled.status).toBe(0);
    const left = pollReportOf(polled);
    expect(left).toMatchObject({
      subscription: 'poll://golden/',
      tries: { tried: 1, taken: 1, failed: 0, stopped: 1 },
    });
    expect(left.registration).toMatchObject({ status: 200, passes: true, author: 'ping' });
    await ping.printed(/- poll:\/\/golden\/ from 127\.0\.0\.1 \(0 open\)/);
    const ended = await interrupted(ping);
    expect(ended.status).toBe(0);
    const report = pollingReportOf(ended);
    expect(report.calls).toEqual({ queued: 1, ok: 1, failed: 0, cancelled: 0 });
    expect(report.endings).toMatchObject({ 'poll.ended': 1 });
  });

  it('null messages keep the connection alive between calls', async () => {
    const ping = await startListening('--interval', '1h', '--keep-alive', '50ms');
    const pong = startPolling(ping.port, ['--log-level', 'debug']);
    await pong.printed(/"keepAlives":3,/);
    const polled = pollReportOf(await interrupted(pong));
    expect(polled.keepAlives?.count).toBeGreaterThanOrEqual(3);
    expect(polled.verdict.id).toBe('ok');
    expect(pollingReportOf(await interrupted(ping)).keepAlive?.count).toBeGreaterThanOrEqual(2);
  });

  it('a poller that is not trusted is rejected without a reply, and both name the thumbprint', async () => {
    const ping = await startListening('--trust', 'B'.repeat(40));
    const pong = startPolling(ping.port);
    await endingPrinted(ping, 'refused.thumbprint');
    await failureLogged(pong, 'trust.closed-after-identity');
    const polled = await interrupted(pong);
    expect(polled.status).toBe(1);
    const left = pollReportOf(polled);
    expect(left.verdict.id).toBe('trust.closed-after-identity');
    expect(left.verdict.means).toContain(left.thumbprint);
    const ended = await interrupted(ping);
    expect(ended.status).toBe(1);
    const report = pollingReportOf(ended);
    expect(report.verdict.id).toBe('poll.refused');
    expect(report.refused).toMatchObject([{ thumbprint: left.thumbprint, address: '127.0.0.1', count: 1 }]);
    expect(JSON.stringify(report.verdict.next)).toContain(`--trust ${left.thumbprint}`);
  });

  it('a server with an unexpected thumbprint is rejected', async () => {
    const ping = await startListening();
    const pong = startPolling(ping.port, ['--thumbprint', 'C'.repeat(40)]);
    await failureLogged(pong, 'trust.unexpected-thumbprint');
    const left = pollReportOf(await interrupted(pong));
    expect(left.outcomes).toEqual({ 'trust.unexpected-thumbprint': 1 });
    expect(left.verdict.next.map(({ who }) => who)).toEqual(['server-admin', 'tentacle-admin', 'network-team']);
    expect(left.verdict.next[1]?.linux).toContain('Tentacle update-trust');
    await interrupted(ping);
  });

  it('two machines with one subscription are detected, with both thumbprints', async () => {
    const ping = await startListening('--interval', '1ms');
    const home = { XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'tentacle-clone-')) };
    const pongs = [
      startPolling(ping.port, ['--subscription', 'one']),
      startPolling(ping.port, ['--subscription', 'one'], home),
    ];
    await ping.printed(/\+ poll:\/\/one\/ .*\(2 open\)/);
    const thumbprints = [];
    for (const pong of pongs) thumbprints.push(pollReportOf(await interrupted(pong)).thumbprint);
    const ended = await interrupted(ping);
    expect(ended.status).toBe(1);
    const { verdict } = pollingReportOf(ended);
    expect(verdict.id).toBe('poll.shared-subscription');
    for (const thumbprint of thumbprints) expect(verdict.means).toContain(thumbprint);
  });

  it('a connection above the limit is distinguished from a lack of trust, because others continue', async () => {
    const ping = await startListening('--max-connections', '1', '--interval', '1h');
    const pong = startPolling(ping.port, ['--connections', '2']);
    await endingPrinted(ping, 'poll.connection-limit');
    await failureLogged(pong, 'poll.connection-limit');
    const left = pollReportOf(await interrupted(pong));
    expect(left.tries.taken).toBe(1);
    expect(left.verdict.id).toBe('poll.connection-limit');
    expect(pollingReportOf(await interrupted(ping)).endings).toMatchObject({ 'poll.connection-limit': 1 });
  });

  it('a poller that connects to a Tentacle identifies it by its page', async () => {
    const listening = await startPong();
    const pong = startPolling(listening.port);
    await failureLogged(pong, 'poll.wrong-role');
    const left = pollReportOf(await interrupted(pong));
    expect(left.verdict.id).toBe('poll.wrong-role');
    expect(left.registration).toMatchObject({ passes: true, author: 'pong' });
    const ended = await interrupted(listening);
    expect(ended.stderr).toContain('"ending":"identity.subscriber"');
  });

  it('with a pinned thumbprint, a Tentacle and a server are identified by their page', async () => {
    const listening = await startPong();
    const pong = startPolling(listening.port, ['--thumbprint', 'C'.repeat(40)]);
    await failureLogged(pong, 'poll.wrong-role');
    expect(pollReportOf(await interrupted(pong)).verdict.id).toBe('poll.wrong-role');
    await interrupted(listening);

    const server = await startListening();
    const args = [`127.0.0.1:${server.port}`, '-c', '1', '--json', '--thumbprint', 'C'.repeat(40)];
    const { stdout } = await command('ping', args).ended;
    expect(reportOf(stdout)).toMatchObject({ verdict: { id: 'identity.octopus-server' } });
    await interrupted(server);
  });

  it('a web server in place of the polled server is named by its page', async () => {
    const portal = await tlsPeer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<title>Octopus Deploy</title>'));
    });
    const pong = startPolling(portal.port, ['--thumbprint', 'C'.repeat(40)]);
    await failureLogged(pong, 'poll.web-server');
    expect(pollReportOf(await interrupted(pong)).verdict).toMatchObject({ id: 'poll.web-server' });
  });

  it('calls that no poller collects fail when their time is over', async () => {
    const ping = await startListening(
      '--subscription',
      'unused',
      '--collect-timeout',
      '200ms',
      '--count',
      '2',
      '-i',
      '0',
    );
    const ended = await ping.ended;
    expect(ended.status).toBe(1);
    const report = pollingReportOf(ended);
    expect(report.outcomes).toEqual({ 'poll.not-collected': 2 });
    expect(report.verdict.id).toBe('poll.not-collected');
  });

  it('no poller at all has a verdict too', async () => {
    const ended = await (await startListening('--deadline', '300ms')).ended;
    expect(ended.status).toBe(1);
    expect(pollingReportOf(ended).verdict.id).toBe('poll.no-poller');
  });
});
