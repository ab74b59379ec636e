import { afterEach, describe, expect, it } from 'vitest';
import {
  emptyHost,
  type HostParts,
  hostWith,
  recordedConfiguration,
  type RecordedHost,
  register,
} from './recorded-host.test.support.js';
import { readConfiguration } from './read-configuration.js';

const A = '2A323FFAB89490A40D1DAFB1BCC8C89439ADD619';
const hosts: RecordedHost[] = [];

function host(names: readonly string[], parts: HostParts = {}): RecordedHost {
  const one = names.length === 0 ? emptyHost(parts) : hostWith(names, parts);
  hosts.push(one);
  return one;
}

afterEach(() => {
  for (const one of hosts.splice(0)) one.remove();
});

describe('readConfiguration on Linux', () => {
  it('reads a listening instance as Tentacle wrote it', async () => {
    const { instances, unread, registered } = await readConfiguration(host(['listening']), {});
    expect(unread).toEqual([]);
    expect(registered).toEqual([{ name: 'listening', configFile: '/etc/octopus/listening/tentacle-listening.config' }]);
    expect(instances).toEqual([
      {
        name: 'listening',
        configFile: '/etc/octopus/listening/tentacle-listening.config',
        isRegistered: true,
        listens: true,
        port: 10933,
        thumbprint: '1CF463083CA84E8A4EADA9D0AAD9223BD09CE228',
        homeFolder: '/etc/octopus/Listening',
        applicationFolder: '/home/Octopus/Applications',
        servers: [{ thumbprint: A, style: 'listening' }],
        proxy: { use: 'none' },
        pollingProxy: { use: 'none' },
      },
    ]);
  });

  it('reads a polling instance with its address and subscription', async () => {
    const { instances } = await readConfiguration(host(['polling']), {});
    expect(instances).toMatchObject([
      {
        listens: false,
        servers: [
          { thumbprint: A, style: 'listening' },
          { style: 'polling', address: 'https://octopus.example:10943', subscription: 'poll://qyrczpunu9nkerpr5y4w/' },
        ],
      },
    ]);
  });

  it('reads bind address and proxies, and no secret', async () => {
    const configuration = await readConfiguration(host(['web-server-01', 'proxies', 'polling-proxy']), {});
    const [pollingProxy, proxies, web] = configuration.instances;
    expect(web).toMatchObject({ bind: '192.0.2.77', port: 10934 });
    const custom = { use: 'custom', host: 'proxy.example', port: 3128, user: 'deploy' };
    expect(proxies).toMatchObject({ proxy: custom, pollingProxy: { use: 'none' } });
    expect(pollingProxy).toMatchObject({ proxy: { use: 'none' }, pollingProxy: custom });
    expect(recordedConfiguration('proxies')).toContain('SECRET-PASSWORD');
    expect(JSON.stringify(configuration)).not.toContain('SECRET');
  });

  it('does not listen with a port that Tentacle cannot use', async () => {
    const { instances } = await readConfiguration(host(['port-high', 'port-zero']), {});
    expect(instances).toMatchObject([
      { listens: false, invalid: [{ key: 'Tentacle.Services.PortNumber', value: '70000' }] },
      { listens: false, invalid: [{ key: 'Tentacle.Services.PortNumber', value: '0' }] },
    ]);
  });

  it('finds one of several instances by its name, in either case', async () => {
    const { instances, registered } = await readConfiguration(host(['listening', 'polling']), { instance: 'POLLING' });
    expect(instances.map(({ name }) => name)).toEqual(['polling']);
    expect(registered).toHaveLength(2);
  });

  it('follows the variable that moves the list of instances', async () => {
    const moved = host([], { env: { TentacleMachineConfigurationHomeDirectory: '/srv/octopus' } });
    moved.write(
      '/srv/octopus/Tentacle/Instances/web.config',
      '{"Name":"Web","ConfigurationFilePath":"/srv/web.config"}',
    );
    moved.write('/srv/web.config', recordedConfiguration('listening'));
    const { instances } = await readConfiguration(moved, {});
    expect(instances).toMatchObject([{ name: 'Web', configFile: '/srv/web.config' }]);
  });

  it('says what it could not read: a missing file, a broken entry, broken XML with its place', async () => {
    const broken = host(['listening']);
    register(broken, 'Gone', '/etc/octopus/gone.config');
    register(broken, 'Broken', '/etc/octopus/broken.config');
    broken.write('/etc/octopus/Tentacle/Instances/half.config', '{"Name":');
    broken.write('/etc/octopus/broken.config', '<octopus-settings>\n  <set key="Tentacle.Certificate">SECRET</sett>\n');
    const { instances, unread } = await readConfiguration(broken, {});
    expect(instances).toHaveLength(1);
    expect(unread).toMatchObject([
      { path: '/etc/octopus/Tentacle/Instances/half.config', why: 'malformed' },
      { path: '/etc/octopus/broken.config', why: 'malformed', instance: 'Broken' },
      { path: '/etc/octopus/gone.config', why: 'missing', instance: 'Gone' },
    ]);
    expect(unread[1]?.detail).toMatch(/line 2, column \d+/);
    expect(JSON.stringify(unread)).not.toContain('SECRET');
  });

  it.each([
    ['another document', '<configuration><appSettings /></configuration>'],
    ['an empty file', ''],
    ['text', 'hello'],
    ['blank lines after a comment', `# a\n${'\n'.repeat(50_000)}!`],
    ['nested elements', `<octopus-settings>${'<a>'.repeat(100_000)}`],
    ['nested lists', `data: ${'['.repeat(20_000)}`],
    ['much space', `data: ${' '.repeat(200_000)}x`],
    ['a file that is too long', 'x'.repeat(1024 * 1024 + 1)],
    [
      'entities that grow',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><octopus-settings><set key="Octopus.Home">&b;</set></octopus-settings>',
    ],
    ['aliases that grow', 'a: &a [1,1]\nb: &b [*a,*a]\ndata: *b\n'],
  ])('takes %s for malformed', async (_, text) => {
    const one = host([]);
    one.write('/tmp/x.config', text);
    const { unread } = await readConfiguration(one, { configFile: '/tmp/x.config' });
    expect(unread).toMatchObject([{ path: '/tmp/x.config', why: 'malformed' }]);
  });

  it('lets the environment replace settings only where Tentacle does', async () => {
    const variables = { TENTACLE_SERVICE_PORT: '10999', TENTACLE_POLLING_CUSTOM_PROXY_PASSWORD: 'SECRET' };
    const without = await readConfiguration(host(['listening'], { env: variables }), {});
    expect(without.instances).toMatchObject([{ port: 10933 }]);
    const contributing = { ...variables, OCTOPUS_CONTRIBUTE_ENV_SETTINGS: 'True' };
    const { instances } = await readConfiguration(host(['listening'], { env: contributing }), {});
    expect(instances).toMatchObject([{ port: 10999, overriddenBy: ['TENTACLE_SERVICE_PORT'] }]);
    expect(JSON.stringify(instances)).not.toContain('SECRET');
  });
});

describe('readConfiguration of services', () => {
  it('reads the file that a unit of systemd names, once', async () => {
    const one = host(['listening']);
    const unit = (file: string): string =>
      `[Service]\nUser=root\nExecStart=/opt/octopus/tentacle/Tentacle run --config=${file}\n`;
    one.write('/etc/systemd/system/first.service', unit('/etc/octopus/listening/tentacle-listening.config'));
    one.write('/etc/systemd/system/second.service', unit('/srv/second.config'));
    one.write('/srv/second.config', recordedConfiguration('polling'));
    const { instances, registered } = await readConfiguration(one, {});
    expect(instances).toMatchObject([
      { name: 'listening', isRegistered: true },
      { name: 'second', isRegistered: false, configFile: '/srv/second.config' },
    ]);
    expect(registered).toHaveLength(1);
  });
});

describe('readConfiguration of --config', () => {
  const SERVERS = JSON.stringify([
    {
      Thumbprint: A,
      CommunicationStyle: 12,
      Address: 'https://octopus.example:10943/',
      SubscriptionId: 'poll://agent/',
    },
  ]);

  it('knows the registered instance of a file, and reads a file of none', async () => {
    const one = host(['listening']);
    one.write('/etc/octopus/old/tentacle.config', recordedConfiguration('polling'));
    const registered = await readConfiguration(one, { configFile: '/etc/octopus/listening/tentacle-listening.config' });
    expect(registered.instances).toMatchObject([{ name: 'listening', isRegistered: true }]);
    const other = await readConfiguration(one, { configFile: '/etc/octopus/old/tentacle.config' });
    expect(other.instances).toMatchObject([{ name: 'tentacle.config', isRegistered: false, listens: false }]);
  });

  it.each([
    [
      'YAML',
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tentacle-config\ndata:\n  Tentacle.Services.NoListen: "true"\n  Tentacle.Communication.TrustedOctopusServers: '${SERVERS}'\n  Tentacle.Certificate: SECRET\n`,
    ],
    [
      'JSON',
      JSON.stringify({
        kind: 'List',
        items: [
          { kind: 'ConfigMap', data: { other: 'x' } },
          {
            kind: 'ConfigMap',
            data: {
              'Tentacle.Services.NoListen': 'true',
              'Tentacle.Communication.TrustedOctopusServers': SERVERS,
              'Tentacle.Certificate': 'SECRET',
            },
          },
        ],
      }),
    ],
    [
      'variables',
      `# agent\nTENTACLE_NO_LISTEN=true\nexport TENTACLE_TRUSTED_SERVERS=${SERVERS}\nTENTACLE_CERTIFICATE=SECRET\n`,
    ],
  ])('reads the ConfigMap or environment of a Kubernetes agent as %s', async (_, text) => {
    const one = host([]);
    one.write('/tmp/agent', text);
    const { instances, unread } = await readConfiguration(one, { configFile: '/tmp/agent' });
    expect(unread).toEqual([]);
    expect(instances).toMatchObject([
      { listens: false, servers: [{ style: 'polling', thumbprint: A, subscription: 'poll://agent/' }] },
    ]);
    expect(JSON.stringify(instances)).not.toContain('SECRET');
  });
});

describe('readConfiguration on Windows', () => {
  // As `reg query HKLM\Software\Octopus\Tentacle /s /reg:64` prints it; only the last line depends on the language.
  const REGISTRY = [
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Octopus\\Tentacle\\Tentacle',
    '    ConfigurationFilePath    REG_SZ    C:\\Octopus\\Tentacle.config',
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Octopus\\Tentacle\\Old One',
    '    ConfigurationFilePath    REG_SZ    D:\\Octopus\\Old One\\Tentacle.config',
    '',
    'Suchende: 2 Übereinstimmungen gefunden.',
  ].join('\n');

  it('finds instances of ProgramData, and of the registry those without a file', async () => {
    const one = host([], {
      platform: 'win32',
      env: { ProgramData: 'C:\\ProgramData' },
      run: async () => Promise.resolve({ kind: 'done', status: 0, stdout: REGISTRY, stderr: '' }),
    });
    one.write(
      'C/ProgramData/Octopus/Tentacle/Instances/tentacle.config',
      '{"Name":"Tentacle","ConfigurationFilePath":"C:\\\\Octopus\\\\Tentacle.config"}',
    );
    one.write('C/Octopus/Tentacle.config', recordedConfiguration('listening'));
    one.write(
      'D/Octopus/Old One/Tentacle.config',
      '<octopus-settings><set key="Octopus.Home">Home</set></octopus-settings>',
    );
    const { instances, unread } = await readConfiguration(one, {});
    expect(unread).toEqual([]);
    expect(instances).toMatchObject([
      { name: 'Tentacle', configFile: 'C:\\Octopus\\Tentacle.config', proxy: { use: 'system' } },
      { name: 'Old One', homeFolder: 'D:\\Octopus\\Old One\\Home' },
    ]);
  });
});
