import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkCryptoPolicy } from '../../packages/protocol/src/check/policy/check-crypto-policy.js';
import { checkClock, clockOffset } from '../../packages/protocol/src/check/policy/check-clock.js';
import {
  checkEphemeralPorts,
  parseDynamicPorts,
} from '../../packages/protocol/src/check/policy/check-ephemeral-ports.js';
import { checkOpenFiles } from '../../packages/protocol/src/check/policy/check-open-files.js';
import { checkOpenssl } from '../../packages/protocol/src/check/policy/check-openssl.js';
import { checkOwnCertificates } from '../../packages/protocol/src/check/policy/check-own-certificate.js';
import { checkSchannel, parseSchannel } from '../../packages/protocol/src/check/policy/check-schannel.js';
import type { CheckReport } from '../../packages/protocol/src/check/index.js';
import type { CommandResult } from '../../packages/protocol/src/check/run-command.js';
import { TestAuthority } from '../diagnose/web-certificates.js';
import { pemOf, testIdentity } from '../identities.js';
import { binary } from '../lab/programs.js';
import { itWith, namespaces, program } from '../real-components.js';
import { contextOf } from './endpoint-checks.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with these files, in the place of the root of the file system. */
function filesOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tentacle-policy-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const hostOf = (files: Readonly<Record<string, string>>) => ({ ...contextOf({}).host, fileRoot: filesOf(files) });

/** A host on Windows whose commands all have this result. */
const windowsHost = (result: CommandResult) =>
  ({ ...contextOf({}).host, platform: 'win32', run: () => Promise.resolve(result) }) as const;

const done = (stdout: string): CommandResult => ({ kind: 'done', status: 0, stdout, stderr: '' });

const idsOf = (checks: readonly { readonly status: string; readonly id: string }[]): string[] =>
  checks.map(({ status, id }) => `${status} ${id}`);

/** The TLS defaults of a system, as its administrator writes them. */
const opensslFile = (...lines: readonly string[]): string =>
  ['openssl_conf = init', '[init]', 'ssl_conf = ssl', '[ ssl ]', 'system_default = tls', '[tls]', ...lines].join('\n');

describe("the system's OpenSSL", () => {
  it.each<[string, readonly string[], string[]]>([
    ['Debian 11', ['MinProtocol = TLSv1.2', 'CipherString = DEFAULT@SECLEVEL=2'], ['ok policy.openssl-ok']],
    ['a comment', ['# CipherString = DEFAULT@SECLEVEL=3'], ['ok policy.openssl-ok']],
    ['level 3', ['CipherString = "DEFAULT:@SECLEVEL=3" # CIS'], ['problem policy.openssl-level']],
    ['TLS 1.3 only', ['MinProtocol = TLSv1.3'], ['warning policy.openssl-min-protocol']],
    ['TLS 1.1 at most', ['MaxProtocol = TLSv1.1'], ['problem policy.openssl-max-protocol']],
  ])('with %s', async (_, lines, ids) => {
    expect(idsOf(await checkOpenssl(hostOf({ 'etc/ssl/openssl.cnf': opensslFile(...lines) })))).toEqual(ids);
  });

  it('includes the policy of RHEL', async () => {
    const files = {
      'etc/pki/tls/openssl.cnf': opensslFile('.include = /etc/crypto-policies/back-ends/opensslcnf.config'),
      'etc/crypto-policies/back-ends/opensslcnf.config':
        'CipherString = @SECLEVEL=3:kEECDH:kEDH\nTLS.MinProtocol = TLSv1.2\nTLS.MaxProtocol = TLSv1.3\n',
    };
    const [check] = await checkOpenssl(hostOf(files));
    expect(check?.id).toBe('policy.openssl-level');
    expect(check?.evidence.join()).toContain('opensslcnf.config');
  });

  it('without a file, with an include of itself, and with a folder in its place', async () => {
    expect(idsOf(await checkOpenssl(hostOf({})))).toEqual(['ok policy.openssl-ok']);
    const circle = { 'etc/ssl/openssl.cnf': '.include openssl.cnf\n.include openssl.cnf\n' };
    expect(idsOf(await checkOpenssl(hostOf(circle)))).toEqual(['ok policy.openssl-ok']);
    const folder = { 'etc/ssl/openssl.cnf/x': '' };
    expect(idsOf(await checkOpenssl(hostOf(folder)))).toEqual(['unknown policy.openssl-unread']);
  });

  it('names an included file that cannot be read', async () => {
    const files = { 'etc/ssl/openssl.cnf': '.include /etc/ssl/parts\n', 'etc/ssl/parts/x.cnf/folder': '' };
    const [, unread] = await checkOpenssl(hostOf(files));
    expect(unread?.id).toBe('policy.openssl-unread');
    expect(unread?.next[0]?.linux).toMatch(/ \/etc\/ssl\/parts\/x\.cnf$/);
  });

  itWith(program('openssl'), 'refuses the certificate of a Tentacle at the level that is reported', async () => {
    const { cert, key } = pemOf(await testIdentity('Octopus Tentacle'));
    for (const [level, status] of [
      [2, 0],
      [3, 1],
    ]) {
      const root = filesOf({
        'etc/ssl/openssl.cnf': `${opensslFile(`CipherString = DEFAULT@SECLEVEL=${level}`)}\n`,
        'cert.pem': cert,
        'key.pem': key,
      });
      // Ends at once: there is nothing to connect to, unless it refuses its certificate before.
      const { stderr } = spawnSync(
        'openssl',
        ['s_client', '-connect', '127.0.0.1:1', '-cert', `${root}/cert.pem`, '-key', `${root}/key.pem`],
        { env: { ...process.env, OPENSSL_CONF: `${root}/etc/ssl/openssl.cnf` }, encoding: 'utf8', input: '' },
      );
      expect(stderr.includes('key too small')).toBe(status === 1);
      const ids = idsOf(await checkOpenssl({ ...contextOf({}).host, fileRoot: root }));
      expect(ids).toEqual([status === 1 ? 'problem policy.openssl-level' : 'ok policy.openssl-ok']);
    }
  });
});

describe('the cryptographic policy', () => {
  it.each([
    [{ 'etc/crypto-policies/state/current': 'DEFAULT\n' }, 'policy.crypto-policy-ok'],
    [{ 'etc/crypto-policies/state/current': 'DEFAULT:SHA1\n' }, 'policy.crypto-policy-ok'],
    [{ 'etc/crypto-policies/state/current': 'FUTURE\n' }, 'policy.crypto-policy-future'],
    [{ 'etc/crypto-policies/state/current': 'FIPS:OSPP\n' }, 'policy.crypto-policy-fips'],
    [{ 'proc/sys/crypto/fips_enabled': '1\n' }, 'policy.crypto-policy-fips'],
    [{}, 'policy.crypto-policy-none'],
  ])('%j', async (files, id) => {
    expect((await checkCryptoPolicy(hostOf(files))).id).toBe(id);
  });
});

// As reg.exe prints it; the layout by Microsoft's documentation of `reg query`.
const KEY = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols';
const REG_OUTPUT = [
  '',
  KEY,
  '',
  `${KEY}\\TLS 1.0`,
  '',
  `${KEY}\\TLS 1.0\\Server`,
  '    DisabledByDefault    REG_DWORD    0x1',
  '    Enabled    REG_DWORD    0x0',
  '',
  `${KEY}\\TLS 1.2\\Client`,
  '    DisabledByDefault    REG_DWORD    0x0',
  '    Enabled    REG_DWORD    0xffffffff',
  '',
  `${KEY}\\TLS 1.2\\Server`,
  '    Enabled    REG_DWORD    0x1',
  '',
].join('\n');

describe('Schannel', () => {
  it('reads protocols and roles', () => {
    expect(parseSchannel(REG_OUTPUT)).toEqual([
      { protocol: 'TLS 1.0', role: 'Server', enabled: false, disabledByDefault: true },
      { protocol: 'TLS 1.2', role: 'Client', enabled: true, disabledByDefault: false },
      { protocol: 'TLS 1.2', role: 'Server', enabled: true },
    ]);
  });

  it('reports TLS 1.2 that is off, by role', async () => {
    expect(idsOf(await checkSchannel(windowsHost(done(REG_OUTPUT))))).toEqual(['ok policy.schannel-ok']);
    const off = REG_OUTPUT.replace('0xffffffff', '0x0');
    expect(idsOf(await checkSchannel(windowsHost(done(off))))).toEqual(['problem policy.schannel-tls12-disabled']);
    const withoutProtocols = `${KEY.slice(0, KEY.lastIndexOf('\\'))}\r\n    EventLogging    REG_DWORD    0x1\r\n`;
    expect(idsOf(await checkSchannel(windowsHost(done(withoutProtocols))))).toEqual(['ok policy.schannel-ok']);
    const failed = { kind: 'done', status: 1, stdout: '', stderr: '' } as const;
    expect(idsOf(await checkSchannel(windowsHost(failed)))).toEqual(['unknown policy.schannel-unread']);
    expect(idsOf(await checkSchannel(windowsHost({ kind: 'timeout' })))).toEqual(['unknown policy.schannel-unread']);
  });
});

describe('ports for outgoing connections', () => {
  itWith(namespaces(), 'are counted as ss counts them', async () => {
    // Twenty connections to a port outside the range, in a network of their own.
    const script = `
      const { createServer, connect } = require('node:net');
      const { spawnSync } = require('node:child_process');
      createServer().listen(1000, '127.0.0.1', async () => {
        for (let i = 0; i < 20; i++) await new Promise((done) => connect(1000, '127.0.0.1', done));
        const run = (file, args) => spawnSync(file, args, { encoding: 'utf8' }).stdout;
        const ss = run('ss', ['-Htan', 'dport', '=', ':1000']).trim().split('\\n').length;
        const check = run(process.execPath, [${JSON.stringify(binary('pong'))}, 'check', '--only', 'policy', '--json']);
        console.log(JSON.stringify({ ss, check: JSON.parse(check) }));
        process.exit();
      });`;
    const shell = ['-n', 'sh', '-ec', 'ip link set lo up; exec "$@"', 'sh', process.execPath, '-e', script];
    const { stdout } = await promisify(execFile)('unshare', shell);
    const { ss, check } = JSON.parse(stdout) as { ss: number; check: CheckReport };
    const found = check.groups[0]?.checks.find(({ id }) => id === 'policy.ephemeral-ports-ok');
    expect(ss).toBe(20);
    expect(found?.title.split(' ', 1)[0]).toBe('20');
  });

  it('are few where the range is small', async () => {
    const line = (hex: string): string =>
      `   0: 0100007F:${hex} 0100007F:2AB5 01 00000000:00000000 00:00000000 00000000 0`;
    const table = ['8000', '8001', '8002', '8003', '8003', '0050'].map(line).join('\n');
    const files = { 'proc/sys/net/ipv4/ip_local_port_range': '32768\t32771\n', 'proc/net/tcp': table };
    const check = await checkEphemeralPorts(hostOf(files));
    expect(check.id).toBe('policy.ephemeral-ports-few');
    expect(check.title).toContain('4 of 4');
    expect((await checkEphemeralPorts(hostOf({}))).id).toBe('policy.ephemeral-ports-unread');
  });

  it('on Windows are counted by cmdlets', async () => {
    const json = '{"First":49152,"Total":16384,"Used":212}';
    expect((await checkEphemeralPorts(windowsHost(done(json)))).id).toBe('policy.ephemeral-ports-ok');
    expect((await checkEphemeralPorts(windowsHost({ kind: 'missing' }))).id).toBe('policy.ephemeral-ports-unread');
  });

  it.each([
    // By Microsoft's article on the dynamic port range, and its German translation.
    [
      '\r\nProtocol tcp Dynamic Port Range\r\n---------------------------------\r\nStart Port      : 49152\r\nNumber of Ports : 16384\r\n',
    ],
    [
      '\r\nProtokoll tcp Dynamischer Portbereich\r\n---------------------------------\r\nStartport            : 49152\r\nAnzahl von Ports     : 16384\r\n',
    ],
  ])('by netsh in any language', (output) => {
    expect(parseDynamicPorts(output)).toEqual({ first: 49_152, total: 16_384 });
  });
});

describe('open files', () => {
  const limits =
    'Limit                     Soft Limit           Hard Limit           Units\nMax open files            10                   4096                 files\n';

  it('of a Tentacle are compared with its limit', async () => {
    const processOf = (files: number): Record<string, string> => ({
      'proc/17/cmdline': '/opt/octopus/tentacle/Tentacle\0agent\0--instance\0Tentacle\0',
      'proc/17/limits': limits,
      'proc/17/cgroup': '0::/system.slice/web.service\n',
      ...Object.fromEntries(Array.from({ length: files }, (_, i) => [`proc/17/fd/${i}`, ''])),
      'proc/18/cmdline': 'node\0Tentacle.js\0',
    });
    expect(idsOf(await checkOpenFiles(hostOf(processOf(3))))).toEqual(['ok policy.open-files-ok']);
    const many = await checkOpenFiles(hostOf(processOf(9)));
    expect(idsOf(many)).toEqual(['warning policy.open-files-many']);
    expect(many[0]?.next.at(-1)?.linux).toContain('edit web.service');
    expect(idsOf(await checkOpenFiles(hostOf(processOf(0))))).toEqual(['unknown policy.open-files-hidden']);
  });

  it('are skipped without a process', async () => {
    expect(idsOf(await checkOpenFiles(hostOf({})))).toEqual(['skipped policy.open-files-none']);
  });
});

describe('the own certificate', () => {
  const authority = new TestAuthority();
  afterAll(() => authority.remove());

  async function checkOf(cert: string, key: string, ciphers?: string): Promise<string[]> {
    const server = createTlsServer({ cert, key, ...(ciphers === undefined ? {} : { ciphers }) }, (socket) => {
      socket.on('error', () => undefined).resume();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return idsOf(await checkOwnCertificates(contextOf({ instances: [{ listens: true, port }] })));
  }

  it('is read where this host presents it', async () => {
    const { cert, key } = pemOf(await testIdentity('Octopus Tentacle'));
    expect(await checkOf(cert, key)).toEqual(['ok policy.certificate-ok']);
  });

  itWith(program('openssl'), 'with a short key, or an outdated signature', async () => {
    const short = authority.issue({ keyBits: 1024, by: 'itself' });
    expect(await checkOf(short.cert, short.key, 'DEFAULT@SECLEVEL=0')).toEqual(['problem policy.certificate-weak-key']);
    const old = authority.issue({ digest: 'sha1', by: 'itself' });
    expect(await checkOf(old.cert, old.key, 'DEFAULT@SECLEVEL=0')).toEqual(['warning policy.certificate-sha1']);
  });

  it('is not shown where nothing listens', async () => {
    const context = contextOf({ instances: [{ listens: true, port: 1 }] });
    expect(idsOf(await checkOwnCertificates(context))).toEqual(['skipped policy.certificate-not-shown']);
  });
});

describe('the clock', () => {
  async function clockOf(header: string | undefined): Promise<string> {
    const server = createServer(pemOf(await testIdentity('web')), (_, response) => {
      response.sendDate = false;
      if (header !== undefined) response.setHeader('Date', header);
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return (await checkClock(contextOf({ servers: [`https://localhost:${port}`] }))).id;
  }

  it('is compared with that of the portal', async () => {
    expect(await clockOf(new Date().toUTCString())).toBe('policy.clock-ok');
    expect(await clockOf(new Date(Date.now() + 600_000).toUTCString())).toBe('policy.clock-differs');
    expect(await clockOf(new Date(Date.now() - 600_000).toUTCString())).toBe('policy.clock-differs');
    expect(await clockOf(undefined)).toBe('policy.clock-not-compared');
    expect(await clockOf('yesterday')).toBe('policy.clock-not-compared');
  });

  it('has an accuracy that the true difference never exceeds', () => {
    // The server's clock is at 100.9 when it answers, half a round trip before the response arrives at 100.9 + d + 0.2.
    for (const d of [-3, 0, 7]) {
      const { offsetS, accuracyS } = clockOffset(100, 100.9 + d + 0.2, 0.4);
      expect(Math.abs(offsetS - d)).toBeLessThanOrEqual(accuracyS);
    }
  });
});
