import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PollingReport } from '../../packages/ping/src/measurements/polling-server/polling-report.js';
import type { PollReport } from '../../packages/pong/src/poller/poll-report.js';
import { type Component as Running, Lab } from '../lab/lab.js';
import { routed, missingNamespaces } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import { certificate, nginx } from '../lab/servers.js';
import { OPEN_RULES, STOCK_RULES, squid, squidHere } from '../proxy/real-proxies.js';
import { itWith, program } from '../real-components.js';
import {
  failureLogged,
  interrupted,
  pollingReportOf,
  pollReportOf,
  startListening,
  startPolling,
} from './polling-commands.js';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.end());

describe('through a proxy', () => {
  itWith(squidHere, 'calls arrive, and the report names the proxy', async () => {
    const proxy = await squid(OPEN_RULES, lab);
    const ping = await startListening('--count', '3', '--interval', '0');
    const pong = startPolling(ping.port, ['--proxy', `${proxy.host}:${proxy.port}`]);
    const ended = await ping.ended;
    expect(pollingReportOf(ended).calls).toEqual({ queued: 3, ok: 3, failed: 0, cancelled: 0 });
    const left = pollReportOf(await interrupted(pong));
    expect(left.proxy).toEqual({ host: proxy.host, port: proxy.port });
    expect(left.stages.proxy?.count).toBeGreaterThanOrEqual(1);
    expect(left.calls['ITentaclePongService.Echo']).toBe(3);
  });

  itWith(squidHere, 'a rejection by the proxy names no setting of a Tentacle', async () => {
    const proxy = await squid(STOCK_RULES, lab);
    const ping = await startListening();
    const pong = startPolling(ping.port, ['--proxy', `${proxy.host}:${proxy.port}`]);
    await failureLogged(pong, 'proxy.denied');
    const left = pollReportOf(await interrupted(pong));
    expect(left.outcomes).toEqual({ 'proxy.denied': 1 });
    expect(JSON.stringify(left.verdict.next)).not.toContain('Tentacle configure --port');
    expect(left.registration).toBeUndefined();
    await interrupted(ping);
  });
});

describe('polling something other than a server', () => {
  itWith(program('nginx'), 'a web server: the report identifies it by its page', async () => {
    const { cert, key } = await certificate(lab, 'web');
    const site = `ssl_certificate ${cert}; ssl_certificate_key ${key}; location / { root ${lab.directory}; }`;
    const port = await nginx(lab, { http: `server { listen 127.0.0.1:PORT ssl; ${site} }` });
    const pong = startPolling(port);
    await failureLogged(pong, 'identity.http');
    const left = pollReportOf(await interrupted(pong));
    expect(left.outcomes).toEqual({ 'identity.http': 1 });
    expect(left.verdict.means).toContain('MX-SERVER');
    expect(left.registration).toMatchObject({ author: 'web-server' });
  });

  it('a closed port: the steps are for the server administrator', async () => {
    const pong = startPolling(await lab.freePort());
    await failureLogged(pong, 'tcp.refused');
    const left = pollReportOf(await interrupted(pong));
    expect(left.outcomes).toEqual({ 'tcp.refused': 1 });
    expect(left.verdict.next[0]).toMatchObject({ who: 'server-admin' });
  });
});

describe('across networks', () => {
  const missing = missingNamespaces();

  /** Stops a component like Ctrl+C. @returns its last line of output. */
  async function lastLine({ process, output }: Running): Promise<string> {
    const closed = new Promise((resolve) => process.once('close', resolve));
    process.kill('SIGINT');
    await closed;
    return output.stdout.trimEnd().split('\n').at(-1) ?? '';
  }

  itWith({ name: 'namespaces', missing }, 'a poller behind NAT has the address of the NAT', async () => {
    const { here, router, there, address } = routed(lab);
    router.masquerade();
    const env = { XDG_CONFIG_HOME: lab.directory };
    const ping = lab.start(
      [...there.prefix, process.execPath, binary('ping'), '--listen', '--interval', '0', '--count', '5', '--json'],
      env,
    );
    await ping.printed(/on port 10943/);
    const pong = lab.start([...here.prefix, process.execPath, binary('pong'), '--poll', address, '--json'], env);
    await ping.printed(/ 5 {2}ok/);
    await pong.printed(/"outcome":"poll\.closed"/);
    const polled = JSON.parse(await lastLine(pong)) as PollReport;
    expect(polled.calls['ITentaclePongService.Echo']).toBe(5);
    const report = JSON.parse(ping.output.stdout) as PollingReport;
    expect(report.verdict.id).toBe('ok');
    const [poller] = report.subscriptions[0]?.pollers ?? [];
    expect(poller).toMatchObject({ address: '10.72.2.254', thumbprint: polled.thumbprint, calls: 5 });
  });

  itWith(
    { name: 'namespaces', missing },
    'two machines behind one NAT with one certificate: a clone is not detected',
    async () => {
      // Address and certificate are the same, so the two cannot be distinguished.
      const { here, router, there, address } = routed(lab, '10.73.1', '10.73.2');
      router.masquerade();
      const clone = join(lab.directory, 'clone', 'tentacle-pong');
      await mkdir(clone, { recursive: true, mode: 0o700 });
      const pem = await readFile(join(lab.directory, 'tentacle-pong', 'identity.pem'));
      await (await import('node:fs/promises')).writeFile(join(clone, 'identity.pem'), pem, { mode: 0o600 });
      const env = { XDG_CONFIG_HOME: lab.directory };
      const ping = lab.start([...there.prefix, process.execPath, binary('ping'), '--listen', '--json'], env);
      await ping.printed(/on port 10943/);
      const poll = [...here.prefix, process.execPath, binary('pong'), '--poll', address, '--json'];
      lab.start(poll, env);
      lab.start(poll, { XDG_CONFIG_HOME: join(lab.directory, 'clone') });
      await ping.printed(/\(2\s+open\)/);
      const report = JSON.parse(await lastLine(ping)) as PollingReport;
      expect(report.subscriptions).toMatchObject([{ peak: 2, pollers: [{ address: '10.73.2.254', connections: 2 }] }]);
      expect(report.verdict.id).not.toBe('poll.shared-subscription');
    },
  );

  itWith(
    { name: 'namespaces', missing },
    'a clone at another address is detected: one certificate, two addresses',
    async () => {
      const { here, there, address } = routed(lab, '10.74.1', '10.74.2');
      here.sh('ip addr add 10.74.1.9/24 dev $(ip -o -4 addr show to 10.74.1.1 | cut -d" " -f2)');
      const env = { XDG_CONFIG_HOME: lab.directory };
      const ping = lab.start([...there.prefix, process.execPath, binary('ping'), '--listen', '--json'], env);
      await ping.printed(/on port 10943/);
      const poll = [...here.prefix, process.execPath, binary('pong'), '--poll', address, '--json'];
      lab.start(poll, env);
      await ping.printed(/\(1\s+open\)/);
      here.sh(`ip route replace ${address}/32 via 10.74.1.254 src 10.74.1.9`);
      lab.start(poll, env);
      await ping.printed(/\(2\s+open\)/);
      const report = JSON.parse(await lastLine(ping)) as PollingReport;
      expect(report.verdict.id).toBe('poll.shared-subscription');
      expect(report.verdict.means).toContain('10.74.1.9');
    },
  );
});
