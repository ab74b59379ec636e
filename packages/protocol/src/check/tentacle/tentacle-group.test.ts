import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import { tentacleGroup } from './tentacle-group.js';
import { runGroup, testHost } from '../host.test.support.js';

const NLOG = [
  '<nlog xmlns="http://www.nlog-project.org/schemas/NLog.xsd"><variable name="logLevel" value="LEVEL" /><rules>',
  '<logger name="LogFileOnlyLogger" writeTo="octopus-log-file" final="true" />',
  '<logger name="*" minlevel="${var:logLevel}" maxLevel="Warn" writeTo="stdout" />',
  '<logger name="*" minlevel="${var:logLevel}" writeTo="octopus-log-file" />',
  '</rules></nlog>',
].join('\n');

let folder = '';
const processes: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tentacle-itself-'));
  mkdirSync(join(folder, 'Tentacle', 'Instances'), { recursive: true });
  mkdirSync(join(folder, 'home', 'Logs'), { recursive: true });
  mkdirSync(join(folder, 'bin'), { mode: 0o755 });
  const configFile = join(folder, 'home', 'tentacle.config');
  writeFileSync(
    configFile,
    `<octopus-settings><set key="Octopus.Home">${join(folder, 'home')}</set></octopus-settings>`,
  );
  const entry = { Name: 'Web', ConfigurationFilePath: configFile };
  writeFileSync(join(folder, 'Tentacle', 'Instances', 'web.config'), JSON.stringify(entry));
});

afterEach(async () => {
  const running = processes.splice(0);
  const ended = running.map(async (one) => (one.exitCode === null ? once(one, 'exit') : undefined));
  for (const one of running) one.kill('SIGKILL');
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a program on PATH that answers as Tentacle does, after a delay. */
function install(script: string, level = 'Info'): void {
  const program = join(folder, 'bin', 'Tentacle');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'bin', 'Tentacle.exe.nlog'), NLOG.replace('LEVEL', level));
}

function writeLog(hoursAgo: number, ...lines: readonly string[]): void {
  const date = new Date();
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000 - hoursAgo * 3_600_000);
  const time = local.toISOString().slice(0, 23).replace('T', ' ');
  const events = lines.map((line) => (line.startsWith(' ') ? line : `${time}1   1897      6 ${line}`));
  writeFileSync(join(folder, 'home', 'Logs', 'OctopusTentacle.txt'), `${events.join('\n')}\n`);
}

async function checks(): Promise<readonly Check[]> {
  const env = {
    TentacleMachineConfigurationHomeDirectory: folder,
    PATH: `${join(folder, 'bin')}:relative:/usr/bin:/bin`,
  };
  const host = testHost({ env });
  return runGroup(tentacleGroup, { host, configuration: readConfiguration(host, { instance: 'Web' }) });
}

function find(found: readonly Check[], what: string): Check | undefined {
  return found.find(({ id }) => id === `tentacle.${what}`);
}

/** A program that installers put on this machine would be found before the one of the test. */
describe('the program', () => {
  it('starts at once: its times, version and log level', async () => {
    install('[ "$1" = version ] && printf 9.2.100; exit 0');
    const found = await checks();
    expect(find(found, 'version')?.title).toContain('9.2.100');
    expect(find(found, 'start-time')).toMatchObject({ status: 'ok' });
    expect(find(found, 'log-level')).toMatchObject({ status: 'ok', evidence: [expect.stringContaining('Info')] });
  });

  it('takes 1.5 s at each start', async () => {
    install('sleep 1.5');
    const found = await checks();
    // On a busy machine it is not known what slows the program.
    const slow = find(found, 'start-slow') ?? find(found, 'start-time-unknown');
    expect(slow?.evidence[1]).toMatch(/^load \d/);
    const times = [...(slow?.title ?? '').matchAll(/(\d+) ms/g)].map(([, time]) => Number(time));
    expect(times).toHaveLength(3);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(1500);
  });

  it('fails', async () => {
    install('echo "No usable version of libssl was found" >&2; exit 134');
    const failed = find(await checks(), 'start-failed');
    expect(failed).toMatchObject({ status: 'problem', evidence: ['No usable version of libssl was found'] });
    expect(failed?.title).toContain('134');
  });

  it('is not run where another account can change it', async () => {
    const ran = join(folder, 'ran');
    install(`touch ${ran}`);
    chmodSync(join(folder, 'bin'), 0o777);
    expect(find(await checks(), 'program-unsafe')).toMatchObject({ status: 'unknown' });
    expect(existsSync(ran)).toBe(false);
  });

  it('creates no folder for its default log', async () => {
    install('[ "$DefaultLogDirectory" = /dev/null/none ] || exit 3');
    expect(find(await checks(), 'start-time')).toBeDefined();
  });

  it('is missing, in every place where it is looked for', async () => {
    const missing = find(await checks(), 'program-missing');
    expect(missing?.evidence).toContain('/opt/octopus/tentacle/Tentacle');
    expect(missing?.evidence.every((place) => place.startsWith('/'))).toBe(true);
  });

  it.each([
    ['Error', 'log-level-high'],
    ['Debug', 'log-level'],
  ])('logs from level %s', async (level, id) => {
    install('exit 0', level);
    expect(find(await checks(), id)?.evidence[0]).toContain(level);
  });
});

describe('the service', () => {
  it('does not exist', async () => {
    expect(find(await checks(), 'service-missing')).toMatchObject({ status: 'problem' });
  });

  it('is a process without systemd, as in a container', async () => {
    const script = join(folder, 'bin', 'Tentacle');
    writeFileSync(script, 'read line\n');
    const child = spawn('/bin/sh', [script, 'agent', '--instance=web', '--noninteractive'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    processes.push(child);
    await once(child, 'spawn');
    const running = find(await checks(), 'service-running');
    expect(running?.evidence[0]).toContain(`process ${child.pid}`);
  });
});

describe('the log', () => {
  const REFUSED =
    "ERROR  https://127.0.0.1:10943/ 11  Halibut client exception: An error occurred when sending a request to 'https://127.0.0.1:10943/', after the request began: Connection refused. Retrying in 6.3 seconds";

  it('has known messages of the last hour', async () => {
    writeLog(
      0,
      'INFO   Agent listening',
      REFUSED,
      ' at Halibut.X',
      REFUSED,
      'WARN   These changes require a restart of the Tentacle.',
    );
    const errors = find(await checks(), 'log-errors');
    expect(errors).toMatchObject({ status: 'warning' });
    expect(errors?.evidence).toHaveLength(1);
    expect(errors?.evidence[0]).toMatch(/^2 x tcp\./);
    expect(errors?.next[0]?.linux).toContain(join(folder, 'home', 'Logs', 'OctopusTentacle.txt'));
  });

  it('has errors that are over, or too old, or none', async () => {
    writeLog(2, REFUSED);
    expect(find(await checks(), 'log-earlier-errors')).toMatchObject({ status: 'ok' });
    writeLog(30, REFUSED);
    expect(find(await checks(), 'log-clean')).toMatchObject({ status: 'ok' });
  });

  it('is missing', async () => {
    expect(find(await checks(), 'log-unread')).toMatchObject({ status: 'unknown' });
  });
});
