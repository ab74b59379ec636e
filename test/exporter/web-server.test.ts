import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
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
  afterEach(async () => {
    await Promise.all(open.splice(0).map(async (server) => server.close()));
  });

  const start = async (config?: string): Promise<{ server: WebServer; access: WebAccess }> => {
    if (config !== undefined) writeFiles(config);
    const access = await WebAccess.load(config === undefined ? undefined : FILE);
    const server = await serveWeb({
      bind: '127.0.0.1',
      port: 0,
      access,
      answer: async ({ url }) => Promise.resolve({ status: 200, type: 'text/plain', body: url }),
      onError: (error) => expect.fail(String(error)),
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

  it('has the versions of the file', async () => {
    const { server } = await start(`${TLS}, max_version: TLS12 }\n`);
    const socket = await handshake(server);
    expect(socket.getProtocol()).toBe('TLSv1.2');
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

async function handshake({ port }: WebServer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket));
    socket.on('error', reject);
  });
}
