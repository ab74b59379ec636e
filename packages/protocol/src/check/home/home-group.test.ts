import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import type { Host } from '../host.js';
import type { CommandResult } from '../run-command.js';
import { homeGroup } from './home-group.js';
import { runGroup, testHost } from '../host.test.support.js';

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
  const entry = { Name: 'Home', ConfigurationFilePath: configFile };
  writeFileSync(join(folder, 'Tentacle', 'Instances', 'home.config'), JSON.stringify(entry));
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

/**
 * Starts what looks like the service of the instance, as an account. Tests of other groups, which run at the same time, see
 * the process too: no other has an instance of this name, and a program without its folder is never run.
 */
async function runService(userId: number): Promise<void> {
  const child = spawn('/bin/sh', ['Tentacle.exe', 'run', '--instance', 'Home'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
    uid: userId,
    gid: userId,
  });
  processes.push(child);
  await once(child, 'spawn');
}

/** The same with the script from its input, for an account that cannot read the file. */
async function runServiceFromInput(userId: number): Promise<void> {
  const child = spawn('/bin/sh', ['-s', 'Tentacle', 'run', '--instance', 'Home'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    uid: userId,
    gid: userId,
  });
  processes.push(child);
  await once(child, 'spawn');
}

/** Without getfacl, as on hosts without the package acl. */
const WITHOUT_GETFACL: Partial<Host> = {
  run: async (name, args) => (name === 'getfacl' ? { kind: 'missing' } : testHost().run(name, args)),
};

/** Sets the home folder of the instance. */
function configure(homeFolder: string): void {
  const configFile = join(folder, 'other.config');
  writeFileSync(configFile, `<octopus-settings><set key="Octopus.Home">${homeFolder}</set></octopus-settings>`);
  const entry = { Name: 'Home', ConfigurationFilePath: configFile };
  writeFileSync(join(folder, 'Tentacle', 'Instances', 'home.config'), JSON.stringify(entry));
}

function own(userId: number): void {
  spawnSync('chown', ['-R', `${userId}:${userId}`, home]);
}

async function checks(parts: Partial<Host> = {}): Promise<readonly Check[]> {
  const host = testHost({ env: { TentacleMachineConfigurationHomeDirectory: folder }, ...parts });
  return runGroup(homeGroup, { host, configuration: readConfiguration(host, { instance: 'Home' }) });
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
    chmodSync(file, 0o600);
    expect(idsOf(await checks(WITHOUT_GETFACL))).toContain('access-lists-unread');
    // The mode 600 is also the mask, so that the list has no effect.
    expect(idsOf(await checks())).toContain('no-full-control');
  });

  it.runIf(hasAcl)('is a link to a folder with access lists', async () => {
    own(OTHER_ACCOUNT);
    expect(spawnSync('/usr/bin/setfacl', ['-R', '-m', `u:${SERVICE_ACCOUNT}:rwx`, home]).status).toBe(0);
    symlinkSync(home, join(folder, 'link'));
    configure(join(folder, 'link'));
    await runService(SERVICE_ACCOUNT);
    expect(idsOf(await checks())).toEqual(['full-control', 'space']);
  });

  it('is below a folder that the account may not pass', async () => {
    own(SERVICE_ACCOUNT);
    chmodSync(folder, 0o700);
    await runServiceFromInput(SERVICE_ACCOUNT);
    const [closed] = (await checks()).filter(({ id }) => id === 'home.parent-closed');
    expect(closed?.title).toContain(folder);
  });

  it.runIf(hasAcl)('is below a folder whose access list lets the account pass', async () => {
    own(SERVICE_ACCOUNT);
    chmodSync(folder, 0o700);
    expect(spawnSync('/usr/bin/setfacl', ['-m', `u:${SERVICE_ACCOUNT}:x`, folder]).status).toBe(0);
    await runServiceFromInput(SERVICE_ACCOUNT);
    expect(idsOf(await checks())).toEqual(['full-control', 'space']);
    expect(idsOf(await checks(WITHOUT_GETFACL))).toEqual(['access-lists-unread', 'full-control', 'space']);
  });

  it('is a circular link', async () => {
    symlinkSync('circle', join(folder, 'circle'));
    configure(join(folder, 'circle'));
    await runService(SERVICE_ACCOUNT);
    expect(idsOf(await checks())).toEqual(['unread']);
  });

  it('is not looked into where the service runs as root', async () => {
    await runService(0);
    const found = await checks();
    expect(found).toContainEqual(expect.objectContaining({ id: 'home.privileged-account', status: 'skipped' }));
  });
});

describe('the home folder without a service', () => {
  it('is the default one where the configuration cannot be read', async () => {
    const run = async (): Promise<CommandResult> => Promise.resolve({ kind: 'missing' });
    const host = testHost({ env: {}, fileRoot: join(folder, 'root'), run });
    const files = {
      'proc/1/cmdline': 'init',
      'proc/7/cmdline': '/opt/octopus/tentacle/Tentacle\0run\0--instance=Web\0',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(host.fileRoot, path)), { recursive: true });
      writeFileSync(join(host.fileRoot, path), text);
    }
    for (const path of ['etc/octopus/Web', 'etc/octopus/Tentacle/Instances', 'home/Octopus/Applications'])
      mkdirSync(join(host.fileRoot, path), { recursive: true });
    const found = await runGroup(homeGroup, { host, configuration: readConfiguration(host, {}) });
    const spaces = found.filter(({ id }) => id === 'home.space').map(({ title }) => title.split(':')[0]);
    expect(spaces.sort()).toEqual(['/etc/octopus/Web', '/home/Octopus/Applications']);
  });

  it('says that the account is unknown', async () => {
    const found = await checks();
    expect(idsOf(found)).toEqual(['account-unknown', 'space']);
  });

  it('is missing', async () => {
    configure('gone');
    const [missing] = (await checks()).filter(({ status }) => status === 'problem');
    expect(missing).toMatchObject({ id: 'home.folder-missing', status: 'problem' });
    expect(missing?.evidence[0]).toContain(join(folder, 'gone'));
  });
});
