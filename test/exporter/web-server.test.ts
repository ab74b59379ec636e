import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TestAuthority } from '../diagnose/web-certificates.js';
import { pemOf, testIdentity } from '../identities.js';
import { serveWeb, WebAccess, type WebServer } from '../../packages/protocol/src/web/index.js';
import { SECRET_HASH } from './web-config-text.js';

const SERVER = pemOf(await testIdentity('server'));
const CLIENT = pemOf(await testIdentity('client'));
const STRANGER = pemOf(await testIdentity('stranger'));

const FOLDER = mkdtempSync(join(tmpdir(), 'tentacle-web-'));
const FILE = join(FOLDER, 'web.yaml');
const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key';

function writeFiles(config: string, { cert, key } = SERVER): void {
  writeFileSync(FILE, config);
  writeFileSync(join(FOLDER, 'server.key'), key);
  writeFileSync(join(FOLDER, 'server.crt'), cert);
  writeFileSync(join(FOLDER, 'ca.crt'), CLIENT.cert);
}

describe('a web server', () => {
  const open: WebServer[] = [];
  const denied: string[] = [];
  afterEach(async () => {
    denied.length = 0;
    await Promise.all(open.splice(0).map(async (server) => server.close()));
  });

  const start = async (config?: string): Promise<{ server: WebServer; access: WebAccess }> => {
    if (config !== undefined) writeFiles(config);
    return startWritten(config === undefined ? undefined : FILE);
  };

  const startWritten = async (file: string | undefined): Promise<{ server: WebServer; access: WebAccess }> => {
    const access = await WebAccess.load(file);
    const server = await serveWeb({
      bind: '127.0.0.1',
      port: 0,
      access,
      answer: async ({ url }) => Promise.resolve({ status: 200, type: 'text/plain', body: url }),
      onError: (error) => expect.fail(String(error)),
      onDenied: (address, reason) => denied.push(`${address} ${reason}`),
    });
    open.push(server);
    return { server, access };
  };

  /** The status of a request, or that there was no answer. */
  const status = async (
    { port }: WebServer,
    { cert, key, password }: { cert?: string; key?: string; password?: string } = {},
  ): Promise<number | 'none'> =>
    new Promise((resolve) => {
      const identity = cert === undefined ? {} : { cert, key };
      const auth = password === undefined ? {} : { auth: `alice:${password}` };
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false, agent: false, ...identity, ...auth };
      get(options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 'none');
      }).on('error', () => resolve('none'));
    });

  it('has no TLS and any client without a file', async () => {
    const { server } = await start();
    expect(server.scheme).toBe('http');
    expect(await (await fetch(`http://127.0.0.1:${server.port}/x`)).text()).toBe('/x');
  });

  it('requires a user of the file, and sends its headers', async () => {
    const { server } = await start(
      `basic_auth_users: { alice: ${SECRET_HASH} }\nhttp_server_config: { headers: { X-Frame-Options: deny } }\n`,
    );
    const request = async (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.port}/`, { headers });
    const denied = await request({});
    expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([401, 'Basic']);
    const accepted = await request({ authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` });
    expect([accepted.status, accepted.headers.get('x-frame-options')]).toEqual([200, 'deny']);
  });

  it.each([
    ['NoClientCert', [200, 200, 200]],
    ['RequestClientCert', [200, 200, 200]],
    ['RequireAnyClientCert', ['none', 200, 200]],
    ['VerifyClientCertIfGiven', [200, 200, 'none']],
    ['RequireAndVerifyClientCert', ['none', 200, 'none']],
  ])('with %s accepts the right clients: none, known, unknown certificate', async (type, statuses) => {
    const ca = type.includes('Verify') ? ', client_ca_file: ca.crt' : '';
    const { server } = await start(`${TLS}, client_auth_type: ${type}${ca} }\n`);
    expect(server.scheme).toBe('https');
    expect([await status(server), await status(server, CLIENT), await status(server, STRANGER)]).toEqual(statuses);
  });

  describe('with client_allowed_sans', () => {
    const authority = new TestAuthority();
    const chain = `${authority.intermediate}${authority.root}`;
    afterAll(() => authority.remove());

    const startFor = async (names: string) => {
      writeFiles(
        `${TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt, client_allowed_sans: [${names}] }\n`,
      );
      writeFileSync(join(FOLDER, 'ca.crt'), chain);
      return startWritten(FILE);
    };

    it.each([
      ['a name of DNS', 'DNS:a.example.com,DNS:prometheus.example.com', '"prometheus.example.com"', 200],
      ['an address', 'IP:192.0.2.1', '192.0.2.1', 200],
      ['an IPv6 address in any form', 'IP:2001:db8::1', '"2001:DB8:0::1"', 200],
      ['a URI', 'URI:spiffe://example.com/prometheus', '"spiffe://example.com/prometheus"', 200],
      ['an address of mail', 'email:prometheus@example.com', '"prometheus@example.com"', 200],
      ['the second of the list', 'DNS:b.example.com', 'a.example.com, b.example.com', 200],
      ['another name', 'DNS:b.example.com', 'a.example.com', 'none'],
      ['a part of a name', 'DNS:prometheus.example.com', 'example.com', 'none'],
      ['a wildcard', 'DNS:*.example.com', 'prometheus.example.com', 'none'],
      ['a name that begins with an allowed one', 'DNS:a.example.com.example.net', 'a.example.com', 'none'],
      ['the common name only', '', 'client', 'none'],
    ])('a certificate with %s has the right answer', async (_, names, allowed, expected) => {
      const { server } = await startFor(allowed);
      expect(await status(server, authority.issue({ subject: 'client', names }))).toBe(expected);
    });

    it('no certificate, and one that is not verified, are rejected whatever their names are, with a line each', async () => {
      const { server } = await startFor('a.example.com');
      const own = authority.issue({ names: 'DNS:a.example.com', by: 'itself' });
      expect([await status(server), await status(server, own)]).toEqual(['none', 'none']);
      expect(denied).toHaveLength(2);
    });

    it('a session that is resumed has the names of its certificate, until the list changes', async () => {
      const { server, access } = await startFor('a.example.com');
      const identity = authority.issue({ names: 'DNS:a.example.com' });
      const first = await resumable(server, identity);
      const second = await resumable(server, identity, first.session);
      expect([first.answer, second.answer]).toEqual([200, 200]);
      expect([first.isResumed, second.isResumed]).toEqual([false, true]);
      writeFileSync(FILE, readFileSync(FILE, 'utf8').replace('[a.example.com]', '[b.example.com]'));
      await access.reload();
      expect((await resumable(server, identity, first.session)).answer).toBe('none');
    });
  });

  it('has certificate and key of the file itself', async () => {
    const pem = (text: string): string => JSON.stringify(text);
    const { server } = await start(`tls_server_config: { cert: ${pem(SERVER.cert)}, key: ${pem(SERVER.key)} }\n`);
    expect(await status(server)).toBe(200);
  });

  it('answers no more requests than the file allows', async () => {
    const { server, access } = await start('rate_limit: { interval: 1h, burst: 2 }\n');
    const request = async (): Promise<number> => (await fetch(`http://127.0.0.1:${server.port}/`)).status;
    expect([await request(), await request(), await request()]).toEqual([200, 200, 429]);
    writeFileSync(FILE, '');
    await access.reload();
    expect(await request()).toBe(200);
  });

  it('speaks HTTP/1.1 with clients of HTTP/2', async () => {
    const { server } = await start(`${TLS} }\nhttp_server_config: { http2: true }\n`);
    const socket = await handshake(server, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  it('has the versions of the file', async () => {
    const { server } = await start(`${TLS}, max_version: TLS12 }\n`);
    const socket = await handshake(server);
    expect(socket.getProtocol()).toBe('TLSv1.2');
    socket.destroy();
  });

  it.each([
    ['true', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ['false', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ])('has the suites of the file, in its order with prefer_server_cipher_suites %s', async (prefers, expected) => {
    const suites = '[TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]';
    const { server } = await start(
      `${TLS}, max_version: TLS12, cipher_suites: ${suites}, prefer_server_cipher_suites: ${prefers} }\n`,
    );
    const ciphers = 'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384';
    const socket = await handshake(server, { ciphers });
    expect(socket.getCipher().name).toBe(expected);
    socket.destroy();
  });

  it('has the curves of the file', async () => {
    const { server } = await start(`${TLS}, curve_preferences: [CurveP384] }\n`);
    const socket = await handshake(server);
    expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'secp384r1' });
    socket.destroy();
  });

  it('uses a new certificate as soon as its file is replaced', async () => {
    const { server, access } = await start(`${TLS} }\n`);
    const renewed = pemOf(await testIdentity('renewed'));
    const reloaded = new Promise<void>((resolve, reject) => {
      const stop = access.watch({
        onReloaded: () => {
          stop();
          resolve();
        },
        onProblem: (problem) => reject(new Error(problem)),
      });
    });
    writeFileSync(join(FOLDER, 'new.crt'), renewed.cert);
    renameSync(join(FOLDER, 'new.crt'), join(FOLDER, 'server.crt'));
    await reloaded;
    const socket = await handshake(server);
    expect(socket.getPeerX509Certificate()?.subject).toContain('renewed');
    socket.destroy();
  });

  it.each([
    ['that is not one', 'x', SERVER],
    ['of another kind of port', '', SERVER],
    ['with a certificate that is none', `${TLS} }\n`, { ...SERVER, cert: 'x' }],
  ])('keeps its files with one %s', async (_, config, pem) => {
    const { server, access } = await start(`${TLS} }\n`);
    writeFiles(config, pem);
    await expect(access.reload()).rejects.toThrow(/web\.yaml/);
    expect(await status(server)).toBe(200);
  });
});

async function handshake({ port }: WebServer, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const all = { host: '127.0.0.1', port, rejectUnauthorized: false, ...options };
    const socket = connect(all, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** A request on a connection that may resume a session. */
async function resumable(
  { port }: WebServer,
  identity: { readonly cert: string; readonly key: string },
  former?: Buffer,
): Promise<{ answer: number | 'none'; isResumed: boolean; session: Buffer | undefined }> {
  return new Promise((resolve) => {
    let session: Buffer | undefined;
    let isResumed = false;
    // Of TLS 1.2, the session is known with the handshake.
    const tls = { ...identity, maxVersion: 'TLSv1.2' as const, rejectUnauthorized: false };
    const options = { host: '127.0.0.1', port, ...tls, ...(former === undefined ? {} : { session: former }) };
    const socket = connect(options, () => {
      isResumed = socket.isSessionReused();
      session = socket.getSession();
      socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    });
    let text = '';
    socket.setEncoding('latin1').on('data', (data: string) => (text += data));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
      resolve({ answer: status === undefined ? 'none' : Number(status), isResumed, session });
    });
  });
}
