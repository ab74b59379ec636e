import { afterEach, describe, expect, it } from 'vitest';
import { emptyHost, type HostParts, type RecordedHost } from '../configuration/recorded-host.test.support.js';
import { parseTentacleCommandLine, splitCommandLine } from './command-line.js';
import { findServices, serviceOf } from './find-services.js';

const hosts: RecordedHost[] = [];

function host(parts: HostParts = {}): RecordedHost {
  const one = emptyHost(parts);
  hosts.push(one);
  return one;
}

afterEach(() => {
  for (const one of hosts.splice(0)) one.remove();
});

/** As Tentacle 9.2 writes it in `service --install --username octopus`. */
const UNIT = [
  '[Unit]',
  'Description=Octopus Deploy: Tentacle (web)',
  'After=network.target',
  '',
  '[Service]',
  'Type=simple',
  'User=octopus',
  'ExecStart=/opt/octopus/tentacle/Tentacle run --instance=web --noninteractive',
  'Restart=always',
  '',
  '[Install]',
  'WantedBy=multi-user.target',
  '',
].join('\n');

const SHOWN =
  'User=octopus\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=4711\nUnitFileState=enabled\nNRestarts=2\n';

describe('services of systemd', () => {
  it('is the unit that Tentacle installed, with what systemd knows', async () => {
    const one = host({ run: async () => Promise.resolve({ kind: 'done', status: 0, stdout: SHOWN, stderr: '' }) });
    one.write('/etc/systemd/system/web.service', UNIT);
    one.write('/etc/systemd/system/other.service', '[Service]\nExecStart=/usr/bin/other run\n');
    one.write('/proc/1/cmdline', '/sbin/init\0');
    expect(await findServices(one)).toEqual({
      kind: 'found',
      services: [
        {
          name: 'web',
          kind: 'systemd',
          account: 'octopus',
          isAllPowerful: false,
          isRunning: true,
          state: 'active (running)',
          program: '/opt/octopus/tentacle/Tentacle',
          instance: 'web',
          processId: 4711,
          startsWithHost: true,
          restarts: 2,
        },
      ],
    });
  });

  it('is a unit of an unknown state where systemd does not run, unless a process has its command line', async () => {
    const one = host();
    one.write('/etc/systemd/system/web.service', UNIT);
    const found = await findServices(one);
    expect(found).toMatchObject({ services: [{ state: 'unknown', isRunning: false }] });
    expect(found).toHaveProperty('hidden');
    const other = host();
    other.write('/etc/systemd/system/web.service', UNIT);
    other.write('/proc/77/cmdline', '/opt/octopus/tentacle/Tentacle\0run\0--instance=web\0--noninteractive\0');
    expect(await findServices(other)).toMatchObject({ services: [{ name: 'web', isRunning: true, processId: 77 }] });
  });
});

describe('the service of an instance', () => {
  const service = (instance?: string, configFile?: string) =>
    ({
      name: 'x',
      kind: 'process',
      account: 'root',
      isAllPowerful: true,
      isRunning: true,
      state: 'running',
      ...(instance === undefined ? {} : { instance }),
      ...(configFile === undefined ? {} : { configFile }),
    }) as const;
  const instance = { name: 'Web', configFile: '/etc/octopus/web.config' };

  it.each([
    [service('WEB'), true],
    [service(undefined, '/etc/octopus/../octopus/web.config'), true],
    [service(), false],
    [service('other'), false],
  ])('%o', (one, expected) => {
    expect(serviceOf(instance, [one], { platform: 'linux' }) !== undefined).toBe(expected);
  });
});

describe('command lines of Tentacle', () => {
  it.each([
    [
      '"C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe" run --instance="Web Server"',
      { instance: 'Web Server' },
    ],
    ['/opt/octopus/tentacle/Tentacle agent --config /etc/octopus/a.config', { configFile: '/etc/octopus/a.config' }],
    ['dotnet /src/Tentacle.dll agent -instance:web', { instance: 'web', program: '/src/Tentacle.dll' }],
    ['/bin/bash /opt/Tentacle run', {}],
  ])('%s', (line, expected) => {
    expect(parseTentacleCommandLine(splitCommandLine(line))).toMatchObject(expected);
  });

  it.each(['grep Tentacle', '/opt/octopus/tentacle/Tentacle help', 'vim /etc/Tentacle/run', ''])('not %s', (line) => {
    expect(parseTentacleCommandLine(splitCommandLine(line))).toBeUndefined();
  });
});
