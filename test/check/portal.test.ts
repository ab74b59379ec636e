import { createServer } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { renderLandingPage } from '../../packages/protocol/src/http/landing-page.js';
import type { TrustStore } from '../../packages/protocol/src/identity/web-certificate.js';
import { TestAuthority, type CertificateRequest } from '../diagnose/web-certificates.js';
import { Lab } from '../lab/lab.js';
import { nginx } from '../lab/servers.js';
import { itWith, program } from '../real-components.js';
import { checksOf, found, NO_AUTHORITIES } from './endpoint-checks.js';

const authority = new TestAuthority();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
afterAll(() => authority.remove());

const store = { name: 'a store', roots: [authority.root] };

const API = JSON.stringify({ Application: 'Octopus Deploy', Version: '2026.1.2345', Links: {} });

/** Starts nginx in front of an Octopus Server's API, with a certificate. */
async function nginxPortal(request: CertificateRequest, sendsIntermediate: boolean): Promise<number> {
  const lab = await Lab.open();
  cleanups.push(() => lab.end());
  const { cert, key } = authority.issue(request);
  const chain = await lab.file('chain.pem', `${cert}\n${sendsIntermediate ? authority.intermediate : ''}`);
  const keyFile = await lab.file('key.pem', key);
  const location = `location = /api { default_type application/json; return 200 '${API}'; }`;
  return nginx(lab, {
    http: `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${chain}; ssl_certificate_key ${keyFile}; ${location} }`,
  });
}

/** Starts a web server with a valid certificate and this handler. */
async function webServer(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const { cert, key } = authority.issue();
  const server = createServer({ cert: `${cert}\n${authority.intermediate}`, key }, handle);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const portalOf = async (port: number, roots: TrustStore = store): Promise<string[]> =>
  found(await checksOf({ servers: [`https://localhost:${port}`], store: roots }), 'portal');

describe('nginx as a portal', () => {
  const cases: [string, CertificateRequest, boolean, string[]][] = [
    ['with the right certificate', {}, true, []],
    ['with a certificate for another name', { names: 'DNS:www.corp.example' }, true, ['problem trust.web-name']],
    ['with an expired certificate', { days: -1 }, true, ['problem trust.web-expired']],
    ['without the intermediate certificate', {}, false, ['problem trust.web-incomplete-chain']],
  ];
  for (const [title, request, sendsIntermediate, faults] of cases) {
    itWith(program('nginx'), title, async () => {
      const port = await nginxPortal(request, sendsIntermediate);
      expect(await portalOf(port)).toEqual(['ok portal.ok', ...faults]);
    });
  }

  itWith(
    program('nginx'),
    'of a private authority is a problem only where the store of the system was read',
    async () => {
      const port = await nginxPortal({}, true);
      expect(await portalOf(port, NO_AUTHORITIES)).toEqual(['ok portal.ok', 'problem trust.web-unknown-issuer']);
      const builtIn = { ...NO_AUTHORITIES, isBuiltIn: true as const };
      expect(await portalOf(port, builtIn)).toEqual(['ok portal.ok', 'unknown trust.web-unknown-issuer']);
    },
  );
});

describe('a web server in the place of the portal', () => {
  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    ['a welcome page', (_, response) => response.end('<title>Welcome to nginx!</title>'), 'portal.not-octopus'],
    [
      'a redirect to sign-in',
      (_, response) => response.writeHead(302, { location: 'https://login.example/authorize' }).end(),
      'portal.sign-in',
    ],
    ['a refusal', (_, response) => response.writeHead(403).end('blocked by policy'), 'portal.sign-in'],
    ['a load balancer without a node', (_, response) => response.writeHead(503).end(), 'portal.unavailable'],
    [
      'a Halibut port',
      (_, response) => response.socket?.end(renderLandingPage('<p>Octopus Server configured successfully</p>')),
      'portal.wrong-port',
    ],
    ['a closed connection', (request) => request.socket.destroy(), 'portal.no-response'],
  ])('%s', async (_, handle, id) => {
    expect(await portalOf(await webServer(handle))).toEqual([`problem ${id}`]);
  });

  it('reads no more of an endless response than it needs', async () => {
    const port = await webServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = (): void => {
        if (response.write('x'.repeat(16_384))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    expect(await portalOf(port)).toEqual(['problem portal.not-octopus']);
  });

  it('masks what it sends', async () => {
    const port = await webServer((_, response) => response.end('<title>\u001b[31mred\u202E</title>'));
    const [check] = await checksOf({ servers: [`https://localhost:${port}`], store });
    expect(JSON.stringify(check)).not.toMatch(/\\u001b|\u202E/);
  });
});

describe('a portal of several nodes', () => {
  it('shows its nodes, and that the polling port is shared', async () => {
    let count = 0;
    const port = await webServer((request, response) => {
      // Another test of the same port must not take a turn.
      if (request.url === '/api') response.setHeader('Octopus-Node', `node${count++ % 2}`);
      response.end(API);
    });
    const checks = await checksOf({
      servers: [`https://localhost:${port}`],
      instances: [{ servers: [{ thumbprint: '', style: 'polling', address: 'https://localhost:1/' }] }],
      store,
    });
    expect(checks.filter(({ id }) => id === 'polling.shared-name')).not.toEqual([]);
  });
});
