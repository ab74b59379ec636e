import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import type { Interfaces } from '../../net/interfaces.js';
import { listeningInstance, recordedCommands, runGroup, testHost } from '../host.test.support.js';
import { addressesGroup } from './addresses-group.js';
import { findRoute } from './find-route.js';
import { judgeInterfaces } from './judge-interfaces.js';

function address(text: string, internal = false): NonNullable<Interfaces[string]>[number] {
  const rest = { netmask: '', mac: '', internal, cidr: null };
  return text.includes(':')
    ? { ...rest, address: text, family: 'IPv6', scopeid: 0 }
    : { ...rest, address: text, family: 'IPv4' };
}
const LOOPBACK = [address('127.0.0.1', true), address('::1', true)];
const ids = (checks: readonly Check[]): readonly string[] => checks.map(({ id }) => id);

describe('the interfaces', () => {
  it.each<[string, readonly string[]]>([
    ['addresses.none', []],
    ['addresses.link-local-only', ['169.254.7.7', 'fe80::1']],
    ['addresses.ipv6-only', ['2001:db8::10', 'fe80::1']],
    ['addresses.interfaces', ['192.0.2.10', 'fe80::1']],
  ])('are %s', (id, addresses) => {
    const check = judgeInterfaces({ lo: LOOPBACK, eth0: addresses.map((text) => address(text)) });
    expect(check.id).toBe(id);
    expect(check.evidence).toHaveLength(addresses.length + 2);
  });
});

it('says nothing of names and interfaces that the system did not list', async () => {
  const host = { hostname: 'localhost', interfaces: {}, fileRoot: '/nowhere' };
  const checks = await runGroup(addressesGroup, { host });
  expect(ids(checks)).toEqual(['addresses.unread', 'addresses.no-server']);
});

describe('the name of this host', () => {
  const check = async (hostname: string): Promise<readonly string[]> =>
    ids(await runGroup(addressesGroup, { host: { hostname, interfaces: { lo: LOOPBACK }, fileRoot: '/nowhere' } }));

  it('is loopback here, or does not resolve', async () => {
    expect(await check('localhost')).toContain('addresses.name-loopback');
    expect(await check('no such name')).toContain('addresses.name-unresolved');
  });
});

describe('the route to the server', () => {
  const check = async (server: string, isListening = false): Promise<readonly Check[]> =>
    runGroup(addressesGroup, {
      options: { server },
      host: { hostname: 'localhost', interfaces: { lo: LOOPBACK } },
      configuration: { instances: isListening ? [listeningInstance()] : [] },
    });

  it('is this host itself, or unknown for a name that does not resolve', async () => {
    expect(ids(await check('https://127.0.0.1:443/'))).toContain('addresses.server-here');
    expect(ids(await check('https://octopus.invalid'))).toContain('addresses.server-unresolved');
  });

  it('is not looked up without a server', async () => {
    const checks = await runGroup(addressesGroup, { host: { hostname: 'localhost', interfaces: {} } });
    expect(ids(checks)).toContain('addresses.no-server');
  });

  it('is that of a configured server that is polled', async () => {
    const server = { thumbprint: 'A'.repeat(40), style: 'polling', address: 'https://[::1]:10943/' } as const;
    const checks = await runGroup(addressesGroup, {
      host: { hostname: 'localhost', interfaces: {} },
      configuration: { instances: [listeningInstance({ servers: [server] })] },
    });
    expect(ids(checks)).toContain('addresses.server-here');
  });

  it.runIf(platform() === 'linux')('has the source address and device of the routing table', async () => {
    const route = await findRoute(testHost(), '127.0.0.9');
    expect(route).toMatchObject({ kind: 'found', source: expect.stringMatching(/^127\./) as string });
    expect(JSON.stringify(route)).toContain(' on lo');
  });

  it('is read from Find-NetRoute on Windows', async () => {
    // Properties of MSFT_NetRoute, by the documentation of Find-NetRoute.
    const run = recordedCommands({ powershell: JSON.stringify({ NextHop: '192.0.2.1', InterfaceAlias: 'Ethernet0' }) });
    const route = await findRoute(testHost({ platform: 'win32', run }), '127.0.0.9');
    expect(route).toMatchObject({ kind: 'found', by: expect.stringContaining('192.0.2.1') as string });
  });
});
