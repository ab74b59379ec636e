import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import {
  emptyHost,
  type HostParts,
  hostWith,
  type RecordedHost,
  recordedConfiguration,
  register,
} from './recorded-host.test.support.js';
import { configurationGroup } from './configuration-group.js';
import { readConfiguration } from './read-configuration.js';
import { runGroup } from '../host.test.support.js';

const hosts: RecordedHost[] = [];

function hostOf(names: readonly string[], parts: HostParts = {}): RecordedHost {
  const one = names.length === 0 ? emptyHost(parts) : hostWith(names, parts);
  hosts.push(one);
  return one;
}

afterEach(() => {
  for (const one of hosts.splice(0)) one.remove();
});

async function checksOf(
  host: RecordedHost,
  selection: { readonly configFile?: string; readonly instance?: string } = {},
): Promise<readonly Check[]> {
  const configuration = readConfiguration(host, selection);
  const checks = await runGroup(configurationGroup, { host, options: selection, configuration });
  expect(JSON.stringify(checks)).not.toContain('SECRET');
  return checks;
}

const idsOf = (checks: readonly Check[]): readonly string[] => checks.map(({ id }) => id.replace('configuration.', ''));

describe('the configurations that Tentacle wrote', () => {
  it.each([
    ['listening', ['listening', 'trusts']],
    ['polling', ['polling', 'trusts']],
    ['no-listen', ['trusts', 'no-listen']],
    ['listens-polls', ['listening', 'polling', 'trusts', 'listens-and-polls']],
    ['two-trusts', ['listening', 'trusts', 'several-trusts']],
    ['rotated', ['polling', 'trusts', 'polled-with-several-thumbprints']],
    ['bad-thumbprint', ['listening', 'thumbprint-invalid', 'thumbprint-invalid']],
    ['lower-case', ['polling', 'trusts', 'thumbprint-lower-case']],
    ['port-zero', ['trusts', 'port-zero']],
    ['port-high', ['trusts', 'setting-invalid']],
    ['proxies', ['polling', 'trusts', 'polling-without-proxy']],
    ['polling-proxy', ['polling', 'trusts']],
    ['empty', ['listening', 'no-trust']],
    ['web-server-01', ['listening', 'trusts', 'bind-missing']],
  ])('%s', async (name, expected) => {
    expect(idsOf(await checksOf(hostOf([name])))).toEqual(expected);
  });

  it('names the instance in every command that changes it, and restarts it', async () => {
    const [found] = (await checksOf(hostOf(['empty']))).filter(({ id }) => id === 'configuration.no-trust');
    const commands = found?.next.at(-1)?.linux?.split('\n') ?? [];
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).toContain('--instance "empty"');
    expect(commands[1]).toContain('service --restart');
  });

  it('finds a bind address that this host has, and one that only this host reaches', async () => {
    const info = { address: '192.0.2.77', family: 'IPv4', internal: false, netmask: '', mac: '', cidr: null } as const;
    expect(idsOf(await checksOf(hostOf(['web-server-01'], { interfaces: { eth0: [info] } })))).not.toContain(
      'bind-missing',
    );
    const host = hostOf([]);
    register(host, 'local', '/etc/octopus/local.config');
    host.write('/etc/octopus/local.config', recordedConfiguration('web-server-01').replace('192.0.2.77', '127.0.0.1'));
    expect(idsOf(await checksOf(host))).toContain('bind-loopback');
  });

  it('finds two instances on one port', async () => {
    const [shared] = (await checksOf(hostOf(['listening', 'empty', 'two-trusts']))).filter(({ id }) =>
      id.endsWith('shared'),
    );
    expect(shared?.evidence.map((line) => line.split(':')[0])).toEqual(['empty', 'listening']);
  });
});

describe('contradictions that no command of Tentacle writes', () => {
  it.each([
    ['{"Thumbprint":"T","CommunicationStyle":2,"SubscriptionId":"poll://x/"}', ['polling-address-missing']],
    [
      '{"Thumbprint":"T","CommunicationStyle":2,"Address":"https://octopus.example:10943"}',
      ['polling', 'subscription-missing'],
    ],
    [
      '{"Thumbprint":"T","CommunicationStyle":2,"Address":"http://octopus.example","SubscriptionId":"poll://x/"}',
      ['polling', 'polling-address-invalid'],
    ],
    ['{"Thumbprint":"  ","CommunicationStyle":1}', ['setting-invalid']],
    ['oops', ['setting-invalid']],
  ])('%s', async (servers, expected) => {
    const host = hostOf([]);
    register(host, 'one', '/one.config');
    const list = servers.replace('"T"', '"2A323FFAB89490A40D1DAFB1BCC8C89439ADD619"');
    host.write(
      '/one.config',
      `<octopus-settings><set key="Tentacle.CertificateThumbprint">1CF463083CA84E8A4EADA9D0AAD9223BD09CE228</set><set key="Tentacle.Services.NoListen">true</set><set key="Tentacle.Communication.TrustedOctopusServers">[${list}]</set></octopus-settings>`,
    );
    expect(idsOf(await checksOf(host)).filter((id) => id !== 'trusts')).toEqual(expected);
  });
});

describe('what was asked for', () => {
  it('skips a host without an instance', async () => {
    expect(await checksOf(hostOf([]))).toMatchObject([{ id: 'configuration.no-instance', status: 'skipped' }]);
  });

  it('says that an instance does not exist', async () => {
    const checks = await checksOf(hostOf(['listening']), { instance: 'web' });
    expect(idsOf(checks)).toEqual(['instance-not-found']);
  });

  it('says that a file is not the one of the registered instance', async () => {
    const host = hostOf(['listening']);
    host.write('/etc/octopus/old/tentacle.config', recordedConfiguration('listening'));
    const [first] = await checksOf(host, { configFile: '/etc/octopus/old/tentacle.config' });
    expect(first).toMatchObject({ id: 'configuration.file-not-registered', status: 'warning' });
    const missing = await checksOf(host, { configFile: '/etc/octopus/old/gone.config' });
    expect(missing).toMatchObject([{ id: 'configuration.file-missing', status: 'problem' }]);
  });

  it('says that a registered file is gone', async () => {
    const host = hostOf([]);
    register(host, 'gone', '/etc/octopus/gone.config');
    const [check] = await checksOf(host);
    expect(check).toMatchObject({ id: 'configuration.file-missing', status: 'problem' });
    expect(check?.next.at(-1)?.linux).toContain('delete-instance --instance "gone"');
  });
});
