import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import { emptyHost, type RecordedHost } from '../configuration/recorded-host.test.support.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import type { CommandResult } from '../run-command.js';
import { tentacleGroup } from '../tentacle/tentacle-group.js';
import { accessScript } from './check-windows-access.js';
import { homeGroup } from './home-group.js';
import { runGroup } from '../host.test.support.js';

const hosts: RecordedHost[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

/**
 * `Get-CimInstance Win32_Service | Select-Object ... | ConvertTo-Json` in the form that Microsoft documents for Win32_Service:
 * the names and values are the same in every language of Windows.
 */
function service(StartName: string, State = 'Running'): string {
  const PathName = '"C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe" run --instance="Tentacle"';
  const one = { Name: 'OctopusDeploy Tentacle', State, StartMode: 'Auto', StartName, PathName, ProcessId: 4711 };
  return JSON.stringify({ services: [one] });
}

const done = (stdout: string): CommandResult => ({ kind: 'done', status: 0, stdout, stderr: '' });

/** A host whose PowerShell answers by what a script asks for. */
function windows(answers: {
  readonly services: string;
  readonly access?: string;
  readonly starts?: string;
}): RecordedHost {
  const host = emptyHost({
    platform: 'win32',
    env: { ProgramData: 'C:\\ProgramData' },
    run: async (_, args) => {
      const script = args.join(' ');
      if (script.includes('Win32_Service')) return Promise.resolve(done(answers.services));
      if (script.includes('GetAccessControl')) return Promise.resolve(done(answers.access ?? ''));
      if (script.includes('Stopwatch')) return Promise.resolve(done(answers.starts ?? ''));
      return Promise.resolve({ kind: 'done', status: 1, stdout: '', stderr: '' });
    },
  });
  hosts.push(host);
  const entry = { Name: 'Tentacle', ConfigurationFilePath: 'C:\\Octopus\\Tentacle.config' };
  host.write('C/ProgramData/Octopus/Tentacle/Instances/tentacle.config', JSON.stringify(entry));
  host.write(
    'C/Octopus/Tentacle.config',
    '<octopus-settings><set key="Octopus.Home">C:\\Octopus</set></octopus-settings>',
  );
  return host;
}

async function run(group: typeof homeGroup, host: RecordedHost): Promise<readonly Check[]> {
  return runGroup(group, { host, configuration: readConfiguration(host, {}) });
}

describe('the home folder on Windows', () => {
  it('is not looked into where the service runs as Local System', async () => {
    const found = await run(homeGroup, windows({ services: service('LocalSystem') }));
    expect(found).toContainEqual(expect.objectContaining({ id: 'home.privileged-account', status: 'skipped' }));
  });

  it('belongs to the account', async () => {
    const access = JSON.stringify({ entries: 321, isComplete: true, unread: [], offenders: [] });
    const found = await run(homeGroup, windows({ services: service('CORP\\octopus'), access }));
    expect(found.map(({ id }) => id).sort()).toEqual(['home.full-control', 'home.space']);
  });

  it('has entries without full control', async () => {
    const offender = {
      path: 'C:\\Octopus\\Work\\x.zip',
      owner: 'BUILTIN\\Administrators',
      rights: 'D:AI(A;ID;FA;;;BA)',
    };
    const access = JSON.stringify({
      entries: 321,
      isComplete: false,
      unread: ['C:\\Octopus\\Closed'],
      offenders: [offender],
    });
    const found = await run(homeGroup, windows({ services: service('NT AUTHORITY\\NetworkService'), access }));
    const [foreign] = found.filter(({ status }) => status === 'problem');
    expect(foreign).toMatchObject({ id: 'home.no-full-control' });
    expect(foreign?.evidence[0]).toContain('x.zip: owner BUILTIN\\Administrators');
    expect(foreign?.next[0]?.windows).toContain("icacls 'C:\\Octopus'");
    expect(found.map(({ id }) => id)).toContain('home.unread');
  });

  it('may belong to a group of the account', async () => {
    const access = JSON.stringify({ entries: 3, isComplete: true, unread: [], offenders: [], unsure: 2 });
    const found = await run(homeGroup, windows({ services: service('CORP\\octopus'), access }));
    const unknown = found.find(({ status }) => status === 'unknown');
    expect(unknown).toMatchObject({ id: 'home.domain-groups-unknown' });
    expect(unknown?.next[0]?.windows).toContain('net user octopus /domain');
    expect(found.map(({ id }) => id)).not.toContain('home.full-control');
  });

  it('is the default folder where the configuration cannot be read', async () => {
    const access = JSON.stringify({ entries: 3, isComplete: true, unread: [], offenders: [] });
    const host = windows({ services: service('CORP\\octopus'), access });
    host.write('C/Octopus/Tentacle.config', 'broken');
    const found = await run(homeGroup, host);
    expect(found.find(({ id }) => id === 'home.full-control')?.title).toContain('C:\\Octopus');
  });

  it('is unknown without PowerShell', async () => {
    const found = await run(homeGroup, windows({ services: '' }));
    expect(found).toContainEqual(expect.objectContaining({ id: 'home.account-unknown', status: 'unknown' }));
  });

  it('has a name that PowerShell does not run', () => {
    const script = accessScript("C:\\O'Brien\u2019s;calc", 'CORP\\a');
    expect(script).toContain("'C:\\O''Brien\u2019\u2019s;calc'");
  });
});

describe('Tentacle itself on Windows', () => {
  it('runs, and starts slowly', async () => {
    const starts = JSON.stringify({ timesMs: [15_100, 15_040], status: 0, version: '9.2.100' });
    const host = windows({ services: service('LocalSystem'), starts });
    host.write('C/Program Files/Octopus Deploy/Tentacle/Tentacle.exe', '');
    const ids = (await run(tentacleGroup, host)).map(({ id }) => id.replace('tentacle.', ''));
    expect(ids).toContain('version');
    expect(ids.some((id) => id === 'start-slow' || id === 'start-time-unknown')).toBe(true);
    expect(ids).toContain('service-running');
  });

  it('could not be started', async () => {
    const starts = JSON.stringify({ timesMs: [5], status: null, version: '9.2.100' });
    const host = windows({ services: service('LocalSystem'), starts });
    host.write('C/Program Files/Octopus Deploy/Tentacle/Tentacle.exe', '');
    const found = await run(tentacleGroup, host);
    expect(found.find(({ id }) => id.startsWith('tentacle.start'))?.id).toBe('tentacle.start-unknown');
  });

  it('is stopped', async () => {
    const found = await run(tentacleGroup, windows({ services: service('LocalSystem', 'Stopped') }));
    const stopped = found.find(({ id }) => id === 'tentacle.service-stopped');
    expect(stopped?.next[0]?.windows).toContain('service --start --instance "Tentacle"');
  });
});
