import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { command } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { pemOf, testIdentity } from '../identities.js';
import { itWith, program } from '../real-components.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pollOnce } from '../../packages/pong/src/poller/poll-once.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { ServiceConnection } from '../peers/service-connection.js';
import { interrupted, pollReportOf, startPolling } from './polling-commands.js';
import { OBSERVER, pollingContext, startPollingServer } from './in-process.js';

async function tls(port: number, withCertificate = true): Promise<TLSSocket> {
  const own = withCertificate ? pemOf(await testIdentity('Octopus Tentacle')) : {};
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

function tcp(port: number): Socket {
  return connectTcp(port, '127.0.0.1').on('error', () => undefined);
}

/** A poller whose identity has been answered. */
async function polling(port: number): Promise<TLSSocket> {
  const socket = await tls(port);
  socket.write('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://poller/\r\n\r\n');
  await once(socket, 'data');
  return socket;
}

describe('connections to a listening ping', () => {
  itWith(program('curl'), 'curl receives the page, and the registration check is identified', async () => {
    const ping = await startPollingServer();
    const curl = (...args: string[]) =>
      promisify(execFile)('curl', ['-sk', '--http0.9', ...args, `https://127.0.0.1:${ping.port}/handshake`]);
    expect((await curl()).stdout).toContain('<title>tentacle-ping 0.0.0-test</title>');
    await ping.ending('http.page');
    expect((await curl('-X', 'POST')).stdout).toContain('<title>tentacle-ping 0.0.0-test</title>');
    await ping.ending('registration-check');
    expect((await ping.end()).endings).toEqual({ 'http.page': 1, 'registration-check': 1 });
  });

  it('a ping that expects a Tentacle reports a port for polling Tentacles', async () => {
    const ping = await startPollingServer();
    const { stdout, status } = await command('ping', [`127.0.0.1:${ping.port}`, '-c', '1', '--json']).ended;
    expect(status).toBe(1);
    const { verdict } = reportOf(stdout);
    expect(verdict.id).toBe('identity.octopus-server');
    expect(verdict.means).toContain('tentacle-ping --listen');
    await ping.ending('poll.client');
    expect((await ping.end()).endings).toMatchObject({ 'poll.client': 1 });
  });

  it('random bytes, plain HTTP and silence are identified and harmless', async () => {
    const ping = await startPollingServer({}, { handshakeMs: 400 });
    tcp(ping.port).write(Buffer.alloc(100_000, 7));
    tcp(ping.port).write('GET / HTTP/1.1\r\n\r\n');
    tcp(ping.port);
    await ping.ending('not-tls.other');
    await ping.ending('not-tls.http');
    await ping.ending('tls.silent');
    const poller = await polling(ping.port);
    poller.destroy();
    await ping.message('- poll://poller/');
    expect((await ping.end()).subscriptions.map(({ subscription }) => subscription)).toContain('poll://poller/');
  });

  it('a poller without a certificate is rejected, and the verdict says so', async () => {
    const ping = await startPollingServer({ trust: ['B'.repeat(40)] });
    (await tls(ping.port, false)).write('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://x/\r\n\r\n');
    await ping.ending('refused.no-certificate');
    const { verdict, refused } = await ping.end();
    expect(verdict.id).toBe('poll.no-certificate');
    expect(refused).toMatchObject([{ thumbprint: null, address: '127.0.0.1', count: 1 }]);
  });

  it.each([
    ['stays silent', 'trust.silent-client', (): void => undefined],
    ['closes', 'probe.tls', (socket: TLSSocket): void => void socket.end()],
  ] as const)(
    'a poller that expects another certificate %s after TLS, and the verdict says so',
    async (_how, id, act) => {
      const ping = await startPollingServer({}, { preambleSilenceMs: 300 });
      const poller = await tls(ping.port);
      act(poller);
      await ping.ending(id);
      const { verdict, endings, ownThumbprint } = await ping.end();
      expect(endings).toEqual({ [id]: 1 });
      expect(verdict.id).toBe('poll.unexpected-thumbprint');
      expect(verdict.certainty.kind).toBe('ambiguous');
      expect(verdict.means).toContain(ownThumbprint);
      expect(verdict.means).toMatch(/127\.0\.0\.1 with [0-9A-F]{40}/);
      expect(JSON.stringify(verdict.next)).toContain(`tentacle-ping listen ${ping.port} --pfx`);
    },
  );

  it('a silent client without a certificate does not count as a poller', async () => {
    const ping = await startPollingServer({}, { preambleSilenceMs: 300 });
    await tls(ping.port, false);
    await ping.ending('preamble.timeout');
    expect((await ping.end()).verdict.id).toBe('poll.no-poller');
  });

  it('a poller that vanishes is lost, one that sends nothing more is silent', async () => {
    const ping = await startPollingServer({ keepAliveUs: 1000 }, { stepMs: 300 });
    (await polling(ping.port)).destroy();
    await ping.ending('poll.lost');
    await polling(ping.port);
    await ping.ending('poll.silent');
    const { endings, visits } = await ping.end();
    expect(endings).toMatchObject({ 'poll.lost': 1, 'poll.silent': 1 });
    expect(visits.find(({ ending }) => ending === 'poll.lost')?.closedBy).not.toBe('local');
    expect(visits.find(({ ending }) => ending === 'poll.silent')?.closedBy).toBe('local');
  });

  it('a tentacle-pong that polls a full ping names that among the causes', async () => {
    const ping = await startPollingServer({}, { connectionsMax: 0 });
    const pong = startPolling(ping.port);
    await pong.printed(/tls\.(closed|reset)/);
    const { outcomes, verdict } = pollReportOf(await interrupted(pong));
    expect(Object.keys(outcomes).filter((id) => !['tls.closed', 'tls.reset'].includes(id))).toEqual([]);
    expect(verdict.next.map(({ windows = '' }) => windows)).toContain(
      `Get-NetTCPConnection -LocalPort ${ping.port} | Group-Object RemoteAddress`,
    );
    await ping.ending('too-many-connections');
    await ping.end();
  });

  it('connections above the limit are closed at once', async () => {
    const ping = await startPollingServer({}, { connectionsMax: 1 });
    const held = await polling(ping.port);
    const rejected = tcp(ping.port);
    rejected.resume();
    await once(rejected, 'close');
    await ping.ending('too-many-connections');
    expect(await ping.end()).toMatchObject({ connections: { total: 2, peak: 1 } });
    held.destroy();
  });
});

/** A balancer that leads each connection to the next port. `hasLed` resolves with the given number of connections. */
async function balancer(ports: readonly number[], connections: number) {
  let led = 0;
  let resolveLed: () => void = () => undefined;
  const hasLed = new Promise<void>((resolve) => (resolveLed = resolve));
  const server = createServer((client) => {
    const target = tcp(ports[led % ports.length] ?? 0);
    client.on('error', () => target.destroy()).pipe(target);
    target.on('error', () => client.destroy()).pipe(client);
    led++;
    if (led === connections) resolveLed();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, hasLed, close: () => server.close() };
}

describe('a server that is polled', () => {
  const never = new AbortController().signal;

  it('through a balancer over two of them: both are named', async () => {
    const servers = [await startPollingServer(), await startPollingServer()];
    // The polling connection, and four checks: three are complete when the fourth begins.
    const relay = await balancer(
      servers.map(({ port }) => port),
      5,
    );
    const pong = startPolling(relay.port);
    await relay.hasLed;
    const report = pollReportOf(await interrupted(pong));
    relay.close();
    const thumbprints = [];
    for (const server of servers) thumbprints.push((await server.end()).ownThumbprint);
    expect(report.servers?.map(({ thumbprint }) => thumbprint).toSorted()).toEqual(thumbprints.toSorted());
    expect(report.verdict).toMatchObject({ id: 'poll.several-servers', certainty: { kind: 'ambiguous' } });
    for (const thumbprint of thumbprints) expect(report.verdict.means).toContain(thumbprint);
  });

  it('stops sending: poll.silent, after a longer time than any server is silent', async () => {
    const server = await tlsPeer(async (socket) => {
      const connection = new ServiceConnection(socket);
      for (let lines = 0; lines < 4; lines++) await connection.readLine();
      await connection.send('MX-SERVER 1.0\r\n\r\n');
    });
    const polled = await pollOnce(await pollingContext(server.port, never), OBSERVER, 100);
    expect(polled).toMatchObject({ outcome: 'poll.silent', wasTaken: true, keepAlives: 0 });
  });

  it('sends END', async () => {
    const server = await tlsPeer(async (socket) => {
      const connection = new ServiceConnection(socket);
      for (let lines = 0; lines < 4; lines++) await connection.readLine();
      await connection.send('MX-SERVER 1.0\r\n\r\n');
      // A null message.
      await connection.send(Buffer.from('e3636060e0f24d2d2e4e4c4f65600000', 'hex'));
      await connection.readLine();
      await connection.send('END\r\n');
    });
    const polled = await pollOnce(await pollingContext(server.port, never), OBSERVER);
    expect(polled.failure?.evidence.code ?? polled.outcome).toBe('POLL_ENDED');
  });
});
