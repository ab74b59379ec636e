import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../project/source-files.js';

const SCRIPT = join(ROOT, 'deploy/prometheus/targets-from-octopus.mjs');
const FOLDER = mkdtempSync(join(tmpdir(), 'tentacle-targets-'));
const THUMBPRINT = '0E80576D3BD8D40854802A4F8340A2E23AE961FD';
const OTHER_THUMBPRINT = '7BEC0A8D13F2B1C4E5D69788A9BACBDCEDFE0F10';

/** A machine as /api/Spaces-1/machines/all has it, with the fields of Octopus' own client libraries. */
function machine(name: string, endpoint: object, fields: object = {}): object {
  return {
    Id: `Machines-${name}`,
    SpaceId: 'Spaces-1',
    Name: name,
    EnvironmentIds: ['Environments-1'],
    Roles: ['web', 'iis'],
    TenantIds: [],
    TenantTags: [],
    TenantedDeploymentParticipation: 'Untenanted',
    HealthStatus: 'Healthy',
    HasLatestCalamari: true,
    IsDisabled: false,
    IsInProcess: false,
    MachinePolicyId: 'MachinePolicies-1',
    Endpoint: endpoint,
    Links: { Self: `/api/Spaces-1/machines/Machines-${name}` },
    ...fields,
  };
}

function listening(uri: string, fields: object = {}): object {
  return {
    CommunicationStyle: 'TentaclePassive',
    Uri: uri,
    Thumbprint: THUMBPRINT,
    ProxyId: null,
    TentacleVersionDetails: { Version: '8.3.2766', UpgradeLocked: false, UpgradeSuggested: false, UpgradeRequired: false },
    CertificateSignatureAlgorithm: 'sha256RSA',
    ...fields,
  };
}

const ENVIRONMENTS = [
  { Id: 'Environments-1', Name: 'Production', SortOrder: 0, UseGuidedFailure: false },
  { Id: 'Environments-2', Name: 'Staging "2"', SortOrder: 1, UseGuidedFailure: false },
];

interface Group {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
  readonly groups: readonly Group[];
}

function file(name: string, content: unknown): string {
  const path = join(FOLDER, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function run(args: readonly string[], input = ''): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', input });
  return { status, stderr, groups: stdout === '' ? [] : (JSON.parse(stdout) as Group[]) };
}

describe('targets-from-octopus.mjs', () => {
  it('has targets of machines with labels, by the names of environments', () => {
    const machines = file('machines.json', [
      machine('web02', listening('https://web02:10933/'), { EnvironmentIds: ['Environments-2', 'Environments-1'] }),
      machine('web01', listening('https://web01.example.com:10933/', { ProxyId: 'Proxies-1' })),
      machine('gateway', listening('https://gateway/')),
      machine('six', listening('https://[2001:db8::1]:10933/')),
    ]);
    const { status, stderr, groups } = run([machines, file('environments.json', ENVIRONMENTS), '--module', 'server']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const labels = { module: 'server', role: 'iis,web', space: 'Spaces-1' };
    expect(groups).toEqual([
      { targets: ['[2001:db8::1]:10933'], labels: { ...labels, tentacle: 'six', environment: 'Production' } },
      { targets: ['gateway:443'], labels: { ...labels, tentacle: 'gateway', environment: 'Production' } },
      {
        targets: ['web01.example.com:10933'],
        labels: { ...labels, tentacle: 'web01', environment: 'Production', proxy: 'Proxies-1' },
      },
      { targets: ['web02:10933'], labels: { ...labels, tentacle: 'web02', environment: 'Production,Staging "2"' } },
    ]);
  });

  it('skips machines that do not listen, are disabled or have no address, with their names', () => {
    const { status, stderr, groups } = run([
      file('styles.json', [
        machine('web01', listening('https://web01:10933/')),
        machine('poller', { CommunicationStyle: 'TentacleActive', Uri: 'poll://abc/', Thumbprint: THUMBPRINT }),
        machine('ssh', { CommunicationStyle: 'Ssh', Host: 'ssh01', Port: 22 }),
        machine('agent', {
          CommunicationStyle: 'KubernetesTentacle',
          TentacleEndpointConfiguration: { Uri: 'poll://def/', Thumbprint: THUMBPRINT, CommunicationMode: 'Polling' },
        }),
        machine('later', { CommunicationStyle: 'OfNextYear' }),
        machine('off', listening('https://off:10933/'), { IsDisabled: true }),
        machine('bad', listening('web05')),
      ]),
    ]);
    expect(status).toBe(0);
    expect(groups.map(({ targets }) => targets)).toEqual([['web01:10933']]);
    for (const name of ['poller', 'ssh', 'agent', 'later', 'off', 'bad']) expect(stderr).toContain(`"${name}"`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(6);
  });

  it('has the agent in Kubernetes that listens', () => {
    const endpoint = {
      CommunicationStyle: 'KubernetesTentacle',
      TentacleEndpointConfiguration: { Uri: 'https://k8s:10933/', Thumbprint: THUMBPRINT, CommunicationMode: 'Listening' },
    };
    expect(run([file('agent.json', [machine('k8s', endpoint)])]).groups).toMatchObject([{ targets: ['k8s:10933'] }]);
  });

  it('has one target for a Tentacle that is listed in two environments', () => {
    const machines = [
      machine('web01', listening('https://web01:10933/')),
      machine('web01-staging', listening('https://web01:10933/'), { EnvironmentIds: ['Environments-2'] }),
    ];
    const { groups, stderr } = run([file('twice.json', machines)]);
    expect(groups).toMatchObject([
      { labels: { tentacle: 'web01,web01-staging', environment: 'Environments-1,Environments-2' } },
    ]);
    expect(stderr).toContain('web01:10933');
  });

  it('reads the output of the CLI of Octopus, whose thumbprints are missing', () => {
    const target = {
      Id: 'Machines-1',
      Name: 'web01',
      HealthStatus: 'Healthy',
      StatusSummary: '',
      CommunicationStyle: 'TentaclePassive',
      Environments: ['Production'],
      Roles: ['web'],
      Tenants: [],
      TenantTags: [],
      EndpointDetails: { URI: 'https://web01:10933', 'Tentacle version': '8.3.2766' },
      WebUrl: 'https://octopus.example/app#/Spaces-7/infrastructure/machines/Machines-1/settings',
    };
    const thumbprints = join(FOLDER, 'none.txt');
    const { status, stderr, groups } = run([file('cli.json', [target]), '--thumbprints', thumbprints]);
    expect(status).toBe(0);
    expect(groups).toEqual([
      {
        targets: ['web01:10933'],
        labels: { tentacle: 'web01', environment: 'Production', role: 'web', space: 'Spaces-7' },
      },
    ]);
    expect(stderr).toContain('1');
    expect(readFileSync(thumbprints, 'utf8')).toBe('');
  });

  it('reads CSV, with and without names of columns', () => {
    const plain = `\uFEFFweb01\r\nweb02:10934,${THUMBPRINT}\r\n# comment\r\n\r\n[::1]:10935,\r\n`;
    expect(run(['-'], plain).groups.map(({ targets }) => targets[0])).toEqual(['[::1]:10935', 'web01:10933', 'web02:10934']);
    expect(run(['-'], '[::1]:10935\n').groups).toEqual([{ targets: ['[::1]:10935'], labels: {} }]);
    const named = `host,name,environment,module\nweb01,"web, ""one""",Production,tls\n`;
    expect(run(['-'], named).groups).toEqual([
      { targets: ['web01:10933'], labels: { module: 'tls', tentacle: 'web, "one"', environment: 'Production' } },
    ]);
  });

  it('writes both files in one step, with the thumbprints as a module reads them', () => {
    const output = join(FOLDER, 'tentacles.json');
    const thumbprints = join(FOLDER, 'thumbprints.txt');
    const machines = [
      machine('web01', listening('https://web01:10933/')),
      machine('web02', listening('https://web02:10933/', { Thumbprint: OTHER_THUMBPRINT.toLowerCase() })),
    ];
    const { status } = run([file('two.json', machines), '--output', output, '--thumbprints', thumbprints]);
    expect(status).toBe(0);
    expect((JSON.parse(readFileSync(output, 'utf8')) as Group[]).map(({ targets }) => targets[0])).toHaveLength(2);
    expect(readFileSync(thumbprints, 'utf8')).toBe(`web01:10933 ${THUMBPRINT}\nweb02:10933 ${OTHER_THUMBPRINT}\n`);
    expect(readdirSync(FOLDER).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['no file', [], ''],
    ['a missing file', [join(FOLDER, 'missing.json')], ''],
    ['JSON that ends early', ['-'], '[{"Id":'],
    ['JSON of something else', ['-'], '{"Version":"2024.1"}'],
    ['a page of a longer list', ['-'], JSON.stringify({ TotalResults: 60, Items: [machine('a', listening('https://a:1/'))] })],
    ['no listening Tentacle', ['-'], JSON.stringify([machine('p', { CommunicationStyle: 'TentacleActive' })])],
    ['an empty list', ['-'], '[]'],
    ['no target', ['-'], '\n'],
    ['a thumbprint that is none', ['-'], 'web01,0E80\n'],
    ['a port that is none', ['-'], 'web01:70000\n'],
    ['an unknown column', ['-'], 'host,color\nweb01,red\n'],
    ['more values than columns', ['-'], `web01,${THUMBPRINT},more\n`],
    ['an unknown option', ['-', '--verbose'], 'web01\n'],
    ['a module that is none', ['-', '--module', 'a b'], 'web01\n'],
    ['an output in no folder', ['-', '--output', join(FOLDER, 'none', 'a.json')], 'web01\n'],
  ])('rejects %s with a line and exit status 2', (_, args, input) => {
    const { status, stderr, groups } = run(args, input);
    expect({ status, groups }).toEqual({ status: 2, groups: [] });
    expect(stderr).toMatch(/^targets-from-octopus: [^\n]+\n$/);
  });
});
