import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { connect, createServer as createTlsServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeWebCertificate } from '../../packages/protocol/src/diagnostics/index.js';
import { loadIdentity } from '../../packages/protocol/src/index.js';
import { contradictions } from '../../packages/ping/src/report/contradictions.test.support.js';
import { command } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { pemOf, testIdentity } from '../identities.js';
import { diagnosed } from './in-process.js';
import { type CertificateRequest, TestAuthority } from './web-certificates.js';

const authority = new TestAuthority();
const proxy = new TestAuthority('Zscaler');
afterAll(() => {
  authority.remove();
  proxy.remove();
});

const { root, intermediate } = authority;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Judges what a server sends, for the name localhost, with the test root in the store unless another is given. */
function judged(sent: readonly string[], { name = 'localhost', roots = [root], days = 0 } = {}) {
  const chain = sent.map((pem) => new X509Certificate(pem).raw);
  const now = new Date(Date.now() + days * DAY_MS);
  return judgeWebCertificate({ chain, requestedName: name, store: { name: 'a store', roots }, now });
}

const kinds = (...args: Parameters<typeof judged>): string[] => judged(...args).faults.map(({ kind }) => kind);
const issue = (request: CertificateRequest = {}): string => authority.issue(request).cert;

describe('a web client', () => {
  it('accepts a certificate with its name, an issuer in the store, and dates around now', () => {
    expect(kinds([issue(), intermediate])).toEqual([]);
    expect(kinds([issue({ names: 'IP:127.0.0.1' }), intermediate], { name: '127.0.0.1' })).toEqual([]);
    expect(kinds([issue({ names: 'DNS:*.corp.example' }), intermediate], { name: 'web.corp.example' })).toEqual([]);
    // In any order, with the root too, and with certificates that do not belong to it.
    expect(kinds([issue(), proxy.root, root, intermediate])).toEqual([]);
    expect(kinds([issue({ by: 'root' })])).toEqual([]);
  });

  it.each<[string, CertificateRequest, string]>([
    ['another name', { names: 'DNS:www.corp.example' }, 'localhost'],
    ['a wildcard for one label', { names: 'DNS:*.corp.example' }, 'a.b.corp.example'],
    ['no names', { names: '' }, 'localhost'],
    ['an address that is not listed', {}, '127.0.0.1'],
  ])('rejects %s, and nothing else', (_, request, name) => {
    expect(kinds([issue(request), intermediate], { name })).toEqual(['name']);
  });

  it('distinguishes a missing intermediate, an unknown root and a self-signed certificate', () => {
    expect(kinds([issue()])).toEqual(['no-intermediate']);
    expect(kinds([issue(), intermediate], { roots: [proxy.root] })).toEqual(['unknown-issuer']);
    expect(judged([issue(), intermediate, root], { roots: [] }).faults).toEqual([
      { kind: 'unknown-issuer', sent: true },
    ]);
    expect(kinds([issue({ by: 'itself' })])).toEqual(['self-signed']);
    expect(kinds([issue({ by: 'itself' })], { roots: [] })).toEqual(['self-signed']);
    const self = issue({ by: 'itself' });
    expect(kinds([self], { roots: [self] })).toEqual([]);
  });

  it('judges dates by the clock of this machine', () => {
    const sent = [issue(), intermediate];
    expect(kinds(sent, { days: 30 })).toContain('expired');
    expect(kinds(sent, { days: -30 })).toContain('not-yet-valid');
  });

  it('names an inspecting proxy by its authority, trusted or not', () => {
    const sent = [proxy.issue().cert, proxy.intermediate];
    expect(kinds(sent)).toEqual(['inspected']);
    expect(kinds(sent, { roots: [proxy.root] })).toEqual(['inspected']);
  });

  it('rejects weak keys, outdated signatures and other purposes', () => {
    expect(kinds([issue({ keyBits: 1024 }), intermediate])).toEqual(['weak-key']);
    expect(kinds([issue({ digest: 'sha1' }), intermediate])).toEqual(['weak-signature']);
    expect(kinds([issue({ extensions: 'extendedKeyUsage=clientAuth' }), intermediate])).toEqual(['purpose']);
    expect(kinds([issue({ extensions: 'extendedKeyUsage=serverAuth' }), intermediate])).toEqual([]);
  });

  it('recognizes certificates of Octopus by their name', () => {
    expect(kinds([issue({ subject: 'Octopus Portal', names: '', by: 'itself' })])).toEqual(['octopus']);
    expect(kinds([issue({ subject: 'Octopus Portal', by: 'itself' })])).toEqual(['octopus']);
    expect(kinds([issue({ subject: 'web01', by: 'itself' })])).toEqual(['self-signed']);
  });

  it("agrees with Node's own verification", async () => {
    const requests: CertificateRequest[] = [{}, { names: 'DNS:other.example' }, { by: 'itself' }, { by: 'root' }];
    for (const request of requests) {
      const { cert, key } = authority.issue(request);
      for (const sent of [[cert], [cert, intermediate]]) {
        const server = createTlsServer({ cert: sent.join(''), key }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as { port: number };
        const accepted = await new Promise<boolean>((resolve) => {
          const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: [root] });
          socket.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
          socket.once('close', () => server.close());
          socket.once('secureConnect', () => socket.end());
        });
        expect([request, kinds(sent).length === 0]).toEqual([request, accepted]);
      }
    }
  });
});

/** Starts a web server. @returns its port. */
async function webServer(sent: readonly string[], key: string, headers: Record<string, string> = {}): Promise<number> {
  const server: Server = createServer({ cert: sent.join(''), key, ciphers: 'DEFAULT@SECLEVEL=0' }, (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end('<title>Welcome</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return (server.address() as { port: number }).port;
}

/** The failures of the step, in their order. */
const failuresOf = ({ steps }: Awaited<ReturnType<typeof diagnosed>>): (string | undefined)[] =>
  steps.filter(({ id }) => id === 'web-certificate').map(({ failure }) => failure?.id);

describe('diagnose at a web server', () => {
  it('judges its certificate beside the verdict, each fault with steps of its own', async () => {
    const { cert, key } = authority.issue({ names: 'DNS:www.corp.example' });
    const report = await diagnosed(`localhost:${await webServer([cert, intermediate], key)}`);
    expect(report.verdict.id).toBe('identity.http');
    expect(failuresOf(report)).toEqual(['trust.web-name', 'trust.web-unknown-issuer']);
    expect(report.otherFindings.map(({ id }) => id)).toEqual(['trust.web-name', 'trust.web-unknown-issuer']);
    expect(report.otherFindings.map(({ certainty }) => certainty.kind)).toEqual(['conclusive', 'ambiguous']);
    for (const { next } of report.otherFindings)
      expect(next.some(({ linux }) => linux?.includes('openssl s_client'))).toBe(true);
    expect(contradictions(report)).toEqual([]);
  });

  it('recognizes the web portal of Octopus', async () => {
    const { cert, key } = authority.issue();
    const report = await diagnosed(`localhost:${await webServer([cert], key, { 'Octopus-Node': 'web01' })}`);
    expect(report.verdict).toMatchObject({ id: 'identity.octopus-portal', certainty: { kind: 'conclusive' } });
    expect(failuresOf(report)).toEqual(['trust.web-incomplete-chain']);
    expect(contradictions(report)).toEqual([]);
  });

  it('leaves Halibut listeners out', async () => {
    const { cert, key } = pemOf(await testIdentity('Octopus Tentacle'));
    const html = '<p>Octopus Tentacle configured successfully</p>';
    const server = createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.end(`HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n\r\n${html}`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const report = await diagnosed(`localhost:${(server.address() as { port: number }).port}`);
    server.close();
    expect(failuresOf(report)).toEqual([]);
    expect(report.otherFindings).toEqual([]);
  });
});

describe('diagnose with an own certificate that Octopus could not use', () => {
  it.each<[string, CertificateRequest]>([
    ['cert.own-weak-key', { keyBits: 1024 }],
    ['cert.own-sha1', { digest: 'sha1' }],
  ])('warns: %s', async (id, request) => {
    const { cert, key } = authority.issue({ ...request, by: 'itself' });
    const directory = mkdtempSync(join(tmpdir(), 'own-'));
    writeFileSync(join(directory, 'cert.pem'), cert);
    writeFileSync(join(directory, 'key.pem'), key);
    const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
    const identity = await loadIdentity({ ...files, ciphers: 'DEFAULT@SECLEVEL=0' });
    rmSync(directory, { recursive: true });
    // No peer is needed: the warning is about this end.
    const report = await diagnosed('127.0.0.1:1', [], { identity });
    expect(report.steps[0]).toMatchObject({ id: 'settings', status: 'warning' });
    expect(report.warnings.map((warning) => warning.id)).toEqual([id]);
  });

  it.each<[string, CertificateRequest]>([
    ['cert.own-weak-key', { keyBits: 1024 }],
    ['cert.own-sha1', { digest: 'sha1' }],
  ])('a run warns too: %s', async (id, request) => {
    const { cert, key } = authority.issue({ ...request, by: 'itself' });
    const directory = mkdtempSync(join(tmpdir(), 'own-'));
    const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const args = ['127.0.0.1:1', '-c', '1', '--cert', certFile, '--key', keyFile, '--json'];
    const { stdout } = await command('ping', args).ended;
    rmSync(directory, { recursive: true });
    expect(reportOf(stdout).warnings.map((warning) => warning.id)).toEqual([id]);
  });
});
