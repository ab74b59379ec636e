import { describe, expect, it } from 'vitest';
import { parseAccessLists } from './access-lists.js';
import { hasPermission } from './file-access.js';
import { findMount } from './mounts.js';

/** Lines of /proc/self/mountinfo as Debian 12 has them. */
const MOUNTS = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
  '30 22 8:2 / /home rw,nosuid,nodev,noexec,relatime shared:2 - xfs /dev/sda2 rw',
  '31 22 8:3 / /mnt/with\\040blank rw,relatime - ext4 /dev/sda3 ro',
  '32 22 8:4 / /homes ro,relatime - ext4 /dev/sda4 rw',
].join('\n');

describe('the mount of a folder', () => {
  it.each([
    ['/etc/octopus', '/', false, false],
    ['/home/Octopus', '/home', false, true],
    ['/homes/Octopus', '/homes', true, false],
    ['/mnt/with blank/x', '/mnt/with blank', true, false],
  ])('%s', (folder, mounted, isReadOnly, isNoExec) => {
    expect(findMount(MOUNTS, folder)).toMatchObject({ folder: mounted, isReadOnly, isNoExec });
  });
});

describe('access lists', () => {
  // `getfacl -R -s -n -p -E` of acl 2.3.1.
  const LISTS = parseAccessLists(
    [
      '# file: /home/a\\040b\\303\\274',
      '# owner: 0',
      '# group: 0',
      'user::rw-',
      'user:1001:rwx',
      'group::r--',
      'group:50:rw-',
      'mask::rw-',
      'other::---',
      'default:user:7:rwx',
      '',
      '',
    ].join('\n'),
  );
  const list = LISTS.get('/home/a b\u00fc');
  const entry = { uid: 0, gid: 0, mode: 0o100660 };

  it.each([
    [1001, [1001], 6, true],
    [1001, [1001], 7, false],
    [1002, [50], 6, true],
    [1002, [0], 6, false],
    [1002, [0], 4, true],
    [7, [7], 4, false],
    [0, [0], 7, true],
  ])('user %i in groups %o, permission %i', (userId, groups, needed, expected) => {
    const account = { name: 'x', userId, groupIds: new Set(groups) };
    expect(hasPermission(entry, account, needed, list)).toBe(expected);
  });
});
