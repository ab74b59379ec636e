import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import type { Host } from '../host.js';
import { commandRunner } from '../run-command.js';
import { homeGroup } from './home-group.js';
import { runGroup } from '../host.test.support.js';

/** Accounts of Debian that own no file, by their numbers. */
const SERVICE_ACCOUNT = 65_534;
const OTHER_ACCOUNT = 5;

/** The account of the service and files of other accounts need root. */
const isRoot = process.getuid?.() === 0;
const hasAcl = spawnSync('/usr/bin/getfacl', ['--version']).error === undefined;

let folder = '';
let home = '';
const processes: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'home-of-tentacle-'));
  chmodSync(folder, 0o755);
  home = join(folder, 'home');
  mkdirSync(join(home, 'Work', 'deep', 'deeper'), { recursive: true });
  mkdirSync(join(folder, 'Tentacle', 'Instances'), { recursive: true });
  const configFile = join(home, 'tentacle.config');
  const entry = { Name: 'Web', ConfigurationFilePath: configFile };
  writeFileSync(join(folder, 'Tentacle', 'Instances', 'web.config'), JSON.stringify(entry));
  writeFileSync(configFile, `<octopus-settings><set key="Octopus.Home">${home}</set></octopus-settings>`);
  writeFileSync(join(home, 'Work', 'deep', 'deeper', 'package.zip'), 'x');
  // What the service runs: a script under the name of the program.
  writeFileSync(join(folder, 'Tentacle.exe'), 'read line\n');
});

afterEach(async () => {
  const running = processes.splice(0);
  const ended = running.map(async (one) => (one.exitCode === null ? once(one, 'exit') : undefined));
  for (const one of running) one.kill('SIGKILL');
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts what looks like the service of the instance, as an account. */
async function runService(userId: number): Promise<void> {
  const child = spawn('/bin/sh', [join(folder, 'Tentacle.exe'), 'run', '--instance', 'Web'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    uid: userId,
    gid: userId,
  });
  processes.push(child);
  await once(child, 'spawn');
}

function own(userId: number): void {
  spawnSync('chown', ['-R', `${userId}:${userId}`, home]);
}

async function checks(parts: Partial<Host> = {}): Promise<readonly Check[]> {
  const { signal } = new AbortController();
  const run = commandRunner('linux', process.env, signal);
  const env = { TentacleMachineConfigurationHomeDirectory: folder };
  const host: Host = {
    platform: 'linux',
    env,
    home: '/root',
    userId: 0,
    hostname: 'web01',
    interfaces: {},
    fileRoot: '',
    run,
    ...parts,
  };
  const options = { only: [], servers: [], slow: false, json: false, instance: 'Web' } as const;
  const found: Check[] = [];
  const configuration = readConfiguration(host, options);
  found.push(...(await runGroup(homeGroup, { host, options, configuration })));
  return found;
}

const idsOf = (found: readonly Check[]): readonly string[] => found.map(({ id }) => id.replace('home.', '')).sort();

describe.runIf(isRoot)('the home folder of a service, as it is', () => {
  it('belongs to the account', async () => {
    own(SERVICE_ACCOUNT);
    await runService(SERVICE_ACCOUNT);
    const found = await checks();
    expect(idsOf(found)).toEqual(['full-control', 'space']);
    // The folder, three below it, the configuration and the package.
    expect(found.find(({ id }) => id === 'home.full-control')?.evidence[0]).toContain('6 entries');
  });

  it('has a file of another account deep below it', async () => {
    own(SERVICE_ACCOUNT);
    const file = join(home, 'Work', 'deep', 'deeper', 'package.zip');
    chownSync(file, OTHER_ACCOUNT, OTHER_ACCOUNT);
    chmodSync(file, 0o644);
    await runService(SERVICE_ACCOUNT);
    const [foreign] = (await checks()).filter(({ status }) => status === 'problem');
    expect(foreign).toMatchObject({ id: 'home.no-full-control' });
    expect(foreign?.evidence[0]).toBe(`${file}: file, user ID ${OTHER_ACCOUNT}, group ID ${OTHER_ACCOUNT}, mode 644`);
    expect(foreign?.next[0]?.linux).toContain(home);
  });

  it('has a folder of another account that its group may write to', async () => {
    own(SERVICE_ACCOUNT);
    chownSync(join(home, 'Work'), OTHER_ACCOUNT, SERVICE_ACCOUNT);
    chmodSync(join(home, 'Work'), 0o770);
    await runService(SERVICE_ACCOUNT);
    expect(idsOf(await checks())).toEqual(['full-control', 'space']);
  });

  it.runIf(hasAcl)('has a file of another account with an access list for the account', async () => {
    own(SERVICE_ACCOUNT);
    const file = join(home, 'Work', 'deep', 'deeper', 'package.zip');
    chownSync(file, OTHER_ACCOUNT, OTHER_ACCOUNT);
    const set = spawnSync('/usr/bin/setfacl', ['-m', `u:${SERVICE_ACCOUNT}:rw`, file]);
    expect(set.status).toBe(0);
    await runService(SERVICE_ACCOUNT);
    expect(idsOf(await checks())).toEqual(['full-control', 'space']);
    // Without getfacl, ls shows that there is a list.
    const run = commandRunner('linux', process.env, new AbortController().signal);
    const withoutGetfacl: Host['run'] = async (name, args) =>
      name === 'getfacl' ? { kind: 'missing' } : run(name, args);
    chmodSync(file, 0o600);
    expect(idsOf(await checks({ run: withoutGetfacl }))).toContain('access-lists-unread');
    // The mode 600 is also the mask, so that the list has no effect.
    expect(idsOf(await checks())).toContain('no-full-control');
  });

  it('is below a folder that the account may not pass', async () => {
    own(SERVICE_ACCOUNT);
    chmodSync(folder, 0o700);
    const child = spawn('/bin/sh', ['-s', 'Tentacle', 'run', '--instance', 'Web'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      uid: SERVICE_ACCOUNT,
      gid: SERVICE_ACCOUNT,
    });
    processes.push(child);
    await once(child, 'spawn');
    const [closed] = (await checks()).filter(({ id }) => id === 'home.parent-closed');
    expect(closed?.title).toContain(folder);
  });

  it('is not looked into where the service runs as root', async () => {
    await runService(0);
    const found = await checks();
    expect(found).toContainEqual(expect.objectContaining({ id: 'home.privileged-account', status: 'skipped' }));
  });
});

describe('the home folder without a service', () => {
  it('says that the account is unknown', async () => {
    const found = await checks();
    expect(idsOf(found)).toEqual(['account-unknown', 'space']);
  });

  it('is missing', async () => {
    const configFile = join(folder, 'other.config');
    writeFileSync(configFile, '<octopus-settings><set key="Octopus.Home">gone</set></octopus-settings>');
    writeFileSync(
      join(folder, 'Tentacle', 'Instances', 'web.config'),
      JSON.stringify({ Name: 'Web', ConfigurationFilePath: configFile }),
    );
    const [missing] = (await checks()).filter(({ status }) => status === 'problem');
    expect(missing).toMatchObject({ id: 'home.folder-missing', status: 'problem' });
    expect(missing?.evidence[0]).toContain(join(folder, 'gone'));
  });
});
