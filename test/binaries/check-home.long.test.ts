import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Mounts, and processes of other accounts. */
const isRoot = process.getuid?.() === 0;

/** An account of Debian that owns no file. */
const ACCOUNT = 65_534;

const PONG = fileURLToPath(new URL('../../packages/pong/bin/tentacle-pong.js', import.meta.url));

let folder = '';
let home = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-home-'));
  chmodSync(folder, 0o755);
  home = join(folder, 'home');
  mkdirSync(home);
  mkdirSync(join(folder, 'Tentacle', 'Instances'), { recursive: true });
  const configFile = join(folder, 'tentacle.config');
  const entry = { Name: 'Web', ConfigurationFilePath: configFile };
  writeFileSync(join(folder, 'Tentacle', 'Instances', 'web.config'), JSON.stringify(entry));
  writeFileSync(configFile, `<octopus-settings><set key="Octopus.Home">${home}</set></octopus-settings>`);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Found {
  readonly id: string;
  readonly status: string;
  readonly evidence: readonly string[];
}

/** Runs the check in a mount namespace of its own, after commands of a shell. */
function check(before: string, group: string, account?: number): readonly Found[] {
  const node = `"${process.execPath}" "${PONG}" check --only ${group} --json`;
  const run = account === undefined ? node : `setpriv --reuid ${account} --regid ${account} --clear-groups ${node}`;
  const env = { ...process.env, TentacleMachineConfigurationHomeDirectory: folder, HOME: '/nonexistent' };
  const result = spawnSync('unshare', ['-m', 'sh', '-c', `${before} && exec ${run}`], { env, encoding: 'utf8' });
  expect(result.stderr).not.toContain('failed');
  const { groups } = JSON.parse(result.stdout) as { groups: readonly { checks: readonly Found[] }[] };
  return groups.flatMap(({ checks }) => checks);
}

describe.runIf(isRoot)('check of a home folder', () => {
  it('on a small disk that starts no program', () => {
    const found = check(`mount -t tmpfs -o size=1m,noexec tmpfs ${home}`, 'home');
    const ids = found.filter(({ status }) => status === 'problem').map(({ id }) => id);
    expect(ids.sort()).toEqual(['home.no-exec', 'home.space-low']);
  });

  it('on a disk without a free inode', () => {
    const found = check(`mount -t tmpfs -o size=1g,nr_inodes=1 tmpfs ${home}`, 'home');
    expect(found.map(({ id }) => id)).toContain('home.no-file-numbers');
  });

  it('on a read-only disk', () => {
    const found = check(`mount -t tmpfs -o size=1g,ro tmpfs ${home}`, 'home');
    expect(found).toContainEqual(expect.objectContaining({ id: 'home.read-only', evidence: [`${home} (tmpfs)`] }));
  });
});

describe.runIf(isRoot)('check as an account without rights', () => {
  it('says which configuration it could not read', () => {
    chmodSync(join(folder, 'tentacle.config'), 0o600);
    const found = check('true', 'configuration', ACCOUNT);
    expect(found).toMatchObject([{ id: 'configuration.file-denied', status: 'unknown' }]);
  });

  it('says that it could not read the list of instances', () => {
    chmodSync(join(folder, 'Tentacle', 'Instances'), 0o700);
    const found = check('true', 'configuration', ACCOUNT);
    expect(found).toMatchObject([{ id: 'configuration.file-denied', status: 'unknown' }]);
  });

  it('says that it could not reach the home folder', () => {
    chmodSync(home, 0o700);
    mkdirSync(join(home, 'inner'));
    writeFileSync(
      join(folder, 'tentacle.config'),
      `<octopus-settings><set key="Octopus.Home">${join(home, 'inner')}</set></octopus-settings>`,
    );
    const found = check('true', 'home', ACCOUNT);
    expect(found.map(({ id }) => id)).toContain('home.unread');
  });
});
