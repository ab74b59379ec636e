import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Interfaces } from '../net/interfaces.js';
import { ownAddresses, reachableAddresses, withPort } from './addresses.js';
import { describeListenProblem } from './listen-problem.js';
import { portHolder } from './port-holder.js';
import { readPortUse } from './port-listeners.js';
import { readPortRules } from './port-rules.js';

function address(text: string, internal = false): NonNullable<Interfaces[string]>[number] {
  const rest = { netmask: '', mac: '', internal, cidr: null };
  return text.includes(':')
    ? { ...rest, address: text, family: 'IPv6', scopeid: 0 }
    : { ...rest, address: text, family: 'IPv4' };
}

const INTERFACES: Interfaces = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  eth0: [address('fe80::1'), address('2001:db8::1'), address('192.0.2.1')],
  eth1: [address('169.254.7.7'), address('198.51.100.1')],
};

describe('addresses', () => {
  test('routable addresses come first, and loopback is left out', () => {
    const expected = ['192.0.2.1', '198.51.100.1', '2001:db8::1', '169.254.7.7', 'fe80::1%eth0'];
    expect(reachableAddresses(INTERFACES)).toEqual(expected);
    expect(reachableAddresses(INTERFACES, '::')).toEqual(expected);
  });

  test('one address, one family, or loopback without any other', () => {
    expect(reachableAddresses(INTERFACES, '192.0.2.1')).toEqual(['192.0.2.1']);
    expect(reachableAddresses(INTERFACES, '0.0.0.0')).toEqual(['192.0.2.1', '198.51.100.1', '169.254.7.7']);
    expect(reachableAddresses({ lo: INTERFACES['lo'] })).toEqual(['127.0.0.1', '::1']);
    expect(ownAddresses(INTERFACES).slice(-2)).toEqual(['127.0.0.1', '::1']);
  });

  test('with a port', () => {
    expect([withPort('192.0.2.1', 1), withPort('::1', 2)]).toEqual(['192.0.2.1:1', '[::1]:2']);
  });
});

describe('the process that holds a port', () => {
  let proc: string;
  const line = (port: string, state: string, uid: number, inode: number): string =>
    `   0: 00000000:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)} 0 ${inode} 1 0 100 0`;

  beforeAll(async () => {
    proc = await mkdtemp(join(tmpdir(), 'pong-proc-'));
    await mkdir(join(proc, 'net'));
    await writeFile(
      join(proc, 'net', 'tcp'),
      [
        '  sl  local_address rem_address',
        line('2AB5', '01', 0, 1),
        line('2AB5', '0A', 1000, 77),
        line('0016', '0A', 1001, 78),
      ].join('\n'),
    );
    await mkdir(join(proc, '4242', 'fd'), { recursive: true });
    await symlink('/dev/null', join(proc, '4242', 'fd', '0'));
    await symlink('socket:[77]', join(proc, '4242', 'fd', '3'));
    await writeFile(join(proc, '4242', 'comm'), 'Tenta\u001bcle\n');
  });

  afterAll(() => rm(proc, { recursive: true }));

  test('is reported by its number and name', async () => {
    expect(await portHolder(10933, proc)).toEqual({ kind: 'process', pid: 4242, name: 'Tenta?cle' });
  });

  test('is reported by its account if its files are not visible', async () => {
    expect(await portHolder(22, proc)).toEqual({ kind: 'hidden', userId: 1001 });
  });

  test('is undefined for a free port, and on a system without /proc', async () => {
    expect(await portHolder(80, proc)).toBeUndefined();
    expect(await portHolder(80, join(proc, 'nowhere'))).toBeUndefined();
  });

  test.runIf(platform() === 'linux')('on this host is this test', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const holder = await portHolder((server.address() as AddressInfo).port);
    expect(holder).toMatchObject({ kind: 'process', pid: process.pid });
    server.close();
  });
});

describe('why a process cannot listen', () => {
  const problem = (
    code: string,
    port: number,
    system: NodeJS.Platform = 'win32',
    bind?: string,
  ): Promise<string | undefined> => {
    const error = Object.assign(new Error(code), { code, syscall: 'listen' });
    return describeListenProblem(
      error,
      { port, otherPort: '--port 10934', ...(bind === undefined ? {} : { bind }) },
      system,
      INTERFACES,
    );
  };

  test.each<[string, number, NodeJS.Platform, RegExp]>([
    ['EADDRINUSE', 10933, 'win32', /10933.* \(Get-Process .* --port 10934$/],
    ['EADDRINUSE', 10933, 'darwin', /10933.* \(sudo lsof /],
    ['EACCES', 443, 'linux', /443.* 1024 .* --port 10934$/],
    ['EACCES', 10933, 'win32', /10933.*excludedportrange.* --port 10934$/],
    ['EMFILE', 10933, 'linux', /10933: .*open files$/],
  ])('%s on port %i of %s', async (code, port, system, expected) => {
    expect(await problem(code, port, system)).toMatch(expected);
  });

  test('an address of another host', async () => {
    expect(await problem('EADDRNOTAVAIL', 10933, 'linux', '203.0.113.9')).toMatch(
      /^--bind 203\.0\.113\.9 .* 192\.0\.2\.1, .*, ::1$/,
    );
  });

  test('an error in the program is not a problem of the host', async () => {
    expect(
      await describeListenProblem(new TypeError('x'), { port: 1, otherPort: '--port 2' }, 'linux', {}),
    ).toBeUndefined();
  });
});

describe('what uses a port', () => {
  let root: string;
  const row = (local: string, inode: number): string =>
    `   0: ${local} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001 0 ${inode} 1 0 100 0`;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'port-use-'));
    const tcp6 = ['00000000000000000000000001000000:2AB5', 'B80D0120000000000000000010000000:2AB5'];
    await mkdir(join(root, 'proc', 'net'), { recursive: true });
    await mkdir(join(root, 'proc', 'sys', 'net', 'ipv4'), { recursive: true });
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\noctopus:x:1001:1001::/:/bin/sh\n');
    await writeFile(join(root, 'proc', 'net', 'tcp'), [row('0100007F:2AB5', 7), row('0100007F:2AB5', 8)].join('\n'));
    await writeFile(join(root, 'proc', 'net', 'tcp6'), tcp6.map((local, i) => row(local, 9 + i)).join('\n'));
    await writeFile(join(root, 'proc', 'stat'), 'btime 1700000000\n');
    await writeFile(join(root, 'proc', 'sys', 'net', 'ipv4', 'ip_local_reserved_ports'), '8080,10930-10940\n');
    for (const [pid, inode] of [
      [41, 7],
      [42, 8],
    ] as const) {
      const folder = join(root, 'proc', `${pid}`);
      await mkdir(join(folder, 'fd'), { recursive: true });
      await symlink(`socket:[${inode}]`, join(folder, 'fd', '3'));
      await symlink('/usr/sbin/a program', join(folder, 'exe'));
      await writeFile(join(folder, 'comm'), 'a program\n');
      await writeFile(join(folder, 'cmdline'), 'a\0--password\0secret\0');
      await writeFile(join(folder, 'cgroup'), '0::/system.slice/some.service\n');
      await writeFile(join(folder, 'stat'), `${pid} (a (odd) program) S 1 ${'0 '.repeat(17)}12345 0\n`);
    }
  });

  afterAll(() => rm(root, { recursive: true }));

  test('is two sockets at one address, and two of which the processes are hidden', async () => {
    const use = await readPortUse(10_933, root);
    const shown = use?.listeners.map(({ address, user, holders }) => [address, user, holders.map(({ pid }) => pid)]);
    expect(shown).toEqual([
      ['127.0.0.1', 'octopus', [41]],
      ['127.0.0.1', 'octopus', [42]],
      ['::1', 'octopus', []],
      ['2001:db8::10', 'octopus', []],
    ]);
    expect(use?.listeners[0]?.holders[0]).toMatchObject({
      name: 'a program',
      kind: 'other',
      program: '/usr/sbin/a program',
      parentPid: 1,
      service: 'some.service',
      startedAt: new Date(1_700_000_000_000 + 123_450).toISOString(),
    });
    expect(JSON.stringify(use)).not.toContain('secret');
  });

  test('may be reserved', async () => {
    const { reserved, unprivilegedFrom } = await readPortRules(root);
    expect(reserved).toEqual([
      [8080, 8080],
      [10_930, 10_940],
    ]);
    expect(unprivilegedFrom).toBe(1024);
  });
});
