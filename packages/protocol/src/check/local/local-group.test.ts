import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { networkInterfaces, platform } from 'node:os';
import { createServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import { renderLandingPage } from '../../http/landing-page.js';
import type { Identity } from '../../identity/identity.js';
import { testIdentity } from '../../net/pairs.test.support.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import { listeningInstance, runGroup } from '../host.test.support.js';
import { localGroup } from './local-group.js';

const TENTACLE_PAGE = '<html><head><title>Octopus Tentacle</title></head><body>Octopus Tentacle</body></html>';
const OTHER = 'F'.repeat(40);
const servers: Server[] = [];
let tentacle: Identity;
let issued: Identity;

/** Serves a page over TLS, and returns the port. */
async function serve(host: string, page: Buffer, identity = tentacle): Promise<number> {
  const server = createServer(identity.secureContextOptions, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(page));
  });
  servers.push(server.listen(0, host));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Runs the group with these instances at the port. */
async function check(port: number, ...instances: readonly Partial<TentacleInstance>[]): Promise<readonly Check[]> {
  return runGroup(localGroup, {
    options: { port },
    configuration: { instances: instances.map((parts) => listeningInstance({ port, ...parts })) },
  });
}

const ids = (checks: readonly Check[]): readonly string[] => checks.map(({ id }) => id);
const hasOuterAddress = Object.values(networkInterfaces()).some((infos = []) =>
  infos.some(({ internal, family }) => !internal && family === 'IPv4'),
);

beforeAll(async () => {
  tentacle = await testIdentity('Octopus Tentacle');
  issued = await testIdentity('something.example');
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe.runIf(platform() === 'linux')('the answers on this host', () => {
  it('are skipped where nothing listens', async () => {
    const port = await serve('127.0.0.1', Buffer.alloc(0));
    for (const server of servers.splice(0)) server.close();
    expect(ids(await check(port))).toEqual(['local.not-listening']);
  });

  it('are none where the list of sockets cannot be read, and a process is not claimed', async () => {
    const port = await serve('127.0.0.1', Buffer.alloc(0));
    for (const server of servers.splice(0)) server.close();
    const checks = await runGroup(localGroup, {
      host: { fileRoot: '/nonexistent' },
      options: { port },
      configuration: { instances: [listeningInstance({ port })] },
    });
    expect(ids(checks)).toEqual(['local.no-connection']);
  });

  it('are a Tentacle at every address, with the configured certificate', async () => {
    const port = await serve('::', renderLandingPage(TENTACLE_PAGE));
    const checks = await check(port, { thumbprint: tentacle.thumbprint });
    expect(ids(checks)).toEqual(['local.answers', 'local.thumbprint-matches']);
    expect(checks[0]?.evidence.join()).toContain(tentacle.thumbprint);
  });

  it('have the certificate of another instance, a new one, or one that Octopus did not create', async () => {
    const port = await serve('::', renderLandingPage(TENTACLE_PAGE));
    const renewed = await check(port, { thumbprint: OTHER });
    expect(ids(renewed)).toEqual(['local.answers', 'local.thumbprint-differs']);
    expect(renewed[1]?.next.some(({ linux }) => linux?.includes('service --restart'))).toBe(true);
    const another = await check(
      port,
      { thumbprint: OTHER },
      { name: 'Second', port: 1, thumbprint: tentacle.thumbprint },
    );
    expect(another[1]?.means).toContain('"Second"');
    const foreign = await serve('::', renderLandingPage(TENTACLE_PAGE), issued);
    const [, differs] = await check(foreign, { thumbprint: OTHER });
    expect(differs?.means).toContain(issued.thumbprint);
    expect(differs?.next.some(({ linux }) => linux?.includes('service --restart'))).toBe(false);
  });

  it('are those of a web server', async () => {
    const port = await serve('::', Buffer.from('HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\nhi'));
    expect(ids(await check(port))).toEqual(['local.answers']);
    expect(ids(await check(port, {}))).toEqual(['local.not-a-tentacle']);
  });

  it.runIf(hasOuterAddress)('are on loopback only', async () => {
    const port = await serve('127.0.0.1', renderLandingPage(TENTACLE_PAGE));
    const checks = await check(port, {});
    expect(ids(checks)).toEqual(['local.answers', 'local.loopback-only']);
    expect(checks[1]?.evidence.some((line) => line.includes('tcp.refused'))).toBe(true);
  });

  it('are none, of a listener that does not speak TLS', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 mail.example ESMTP\r\n');
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const [none] = await check((server.address() as AddressInfo).port);
    expect(none).toMatchObject({ id: 'local.no-answer', status: 'problem' });
    expect(none?.title).toContain('(tls.');
  });
});
