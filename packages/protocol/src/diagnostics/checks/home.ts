import { count, formatSize } from '../../text/units.js';
import { isPlainWord, quoteWord } from '../quote-word.js';
import type { Commands } from '../step.js';
import { defineFinding } from './finding.js';

/** A folder of an instance, and the account that its service runs as. */
export interface FolderFacts {
  readonly folder: string;
  readonly account: string;
}

const EXAMPLE: FolderFacts = { folder: '/etc/octopus/Tentacle', account: 'octopus' };

/** What can be found about the folders that Tentacle writes to. */
export const homeFindings = {
  none: defineFinding({
    id: 'home.none',
    group: 'home',
    status: 'skipped',
    title: () => 'No instance of Tentacle is configured',
    example: {},
  }),
  missing: defineFinding({
    id: 'home.folder-missing',
    group: 'home',
    status: 'problem',
    title: ({ folder }: { readonly folder: string }) => `${folder} does not exist`,
    means: () => 'Tentacle keeps its log and the files of each deployment there. It cannot start a script without it.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Restart the service, which creates the folder, or correct the configured path.',
      },
    ],
    example: { folder: '/etc/octopus/Tentacle' },
  }),
  full: defineFinding({
    id: 'home.full-control',
    group: 'home',
    status: 'ok',
    title: ({ folder, account, entries, isComplete }: FolderFacts & EntryFacts) =>
      `${folder}: ${account} has full control of ${isComplete ? '' : 'the first '}${count(entries, 'entry', 'entries')}`,
    example: { ...EXAMPLE, entries: 1234, isComplete: true },
  }),
  privileged: defineFinding({
    id: 'home.privileged-account',
    group: 'home',
    status: 'skipped',
    title: ({ folder, account }: FolderFacts) =>
      `${folder}: the service runs as ${account}, which has access to all files`,
    example: { ...EXAMPLE, account: 'root' },
  }),
  foreign: defineFinding({
    id: 'home.no-full-control',
    group: 'home',
    status: 'problem',
    title: ({ folder, account, offenders }: FolderFacts & { readonly offenders: number }) =>
      `${folder}: ${account} lacks full control of ${count(offenders, 'entry', 'entries')}`,
    means: () =>
      'Tentacle reads, changes and removes files below this folder. Entries of another account stop deployments and upgrades.',
    next: ({ folder, account }) => [
      {
        who: 'tentacle-admin',
        action: 'Give the account full control, recursively.',
        ...grantCommands(folder, account),
      },
      { who: 'tentacle-admin', action: 'Find out which program or person created these entries, and stop it.' },
    ],
    example: { ...EXAMPLE, offenders: 2 },
  }),
  foreignInApplications: defineFinding({
    id: 'home.applications-shared',
    group: 'home',
    status: 'warning',
    title: ({ folder, account, offenders }: FolderFacts & { readonly offenders: number }) =>
      `${folder}: ${account} lacks full control of ${count(offenders, 'entry', 'entries')}`,
    means: () =>
      'Packages are unpacked here. Files of a running application may belong to its own account; retention cannot remove them.',
    next: ({ folder, account }) => [
      {
        who: 'tentacle-admin',
        action: 'If deployments or retention fail with access denied, give the account full control.',
        ...grantCommands(folder, account),
      },
    ],
    example: { folder: '/home/Octopus/Applications', account: 'octopus', offenders: 2 },
  }),
  hiddenByList: defineFinding({
    id: 'home.access-lists-unread',
    group: 'home',
    status: 'unknown',
    title: ({ folder, account, offenders }: FolderFacts & { readonly offenders: number }) =>
      `${folder}: access of ${account} to ${count(offenders, 'entry', 'entries')} could not be found out`,
    means: () => 'Their modes deny it, but they have access lists, and the command getfacl is missing.',
    next: ({ folder }) => [
      {
        who: 'tentacle-admin',
        action: 'Install the package acl, then run this check again.',
        linux: `getfacl -R -s ${quoteWord(folder, 'FOLDER')}`,
      },
    ],
    example: { ...EXAMPLE, offenders: 2 },
  }),
  groupsUnknown: defineFinding({
    id: 'home.domain-groups-unknown',
    group: 'home',
    status: 'unknown',
    title: ({ folder, account, offenders }: FolderFacts & { readonly offenders: number }) =>
      `${folder}: access of ${account} to ${count(offenders, 'entry', 'entries')} depends on its groups`,
    means: () =>
      'The account alone does not have full control. A group has it, and this check does not see the members of domain groups.',
    next: ({ folder, account }) => [
      {
        who: 'tentacle-admin',
        action: 'Compare the groups of the account with those that have full control.',
        windows: `icacls ${quoteWord(folder, 'FOLDER')}\nnet user ${quoteWord(account.replace(/^.*\\/, ''), 'ACCOUNT')} /domain`,
      },
    ],
    example: { folder: 'C:\\Octopus', account: 'CORP\\octopus', offenders: 2 },
  }),
  unreadable: defineFinding({
    id: 'home.unread',
    group: 'home',
    status: 'unknown',
    title: ({ folder, unread }: { readonly folder: string; readonly unread: number }) =>
      `${folder}: ${count(unread, 'folder')} could not be listed`,
    means: () => 'This account may not list them. Their content was not checked.',
    next: () => [{ who: 'tentacle-admin', action: 'Run this check as root, or in an elevated PowerShell.' }],
    example: { folder: '/etc/octopus/Tentacle', unread: 1 },
  }),
  unsearchable: defineFinding({
    id: 'home.parent-closed',
    group: 'home',
    status: 'problem',
    title: ({ folder, account, parent }: FolderFacts & { readonly parent: string }) =>
      `${folder}: ${account} may not pass through ${parent}`,
    means: () => 'Without the right to search (x) a folder above it, the account reaches nothing below.',
    next: ({ parent }) => [
      {
        who: 'tentacle-admin',
        action: 'Allow the account to search that folder.',
        linux: `sudo chmod o+x ${quoteWord(parent, 'FOLDER')}`,
      },
    ],
    example: { folder: '/home/Octopus/Applications', account: 'octopus', parent: '/home' },
  }),
  accountUnknown: defineFinding({
    id: 'home.account-unknown',
    group: 'home',
    status: 'unknown',
    title: ({ folder }: { readonly folder: string; readonly why: string }) =>
      `${folder}: the account that needs it is unknown`,
    means: ({ why }) => `The access to the folder was not checked: ${why}.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Start the service and run this check again, as root or in an elevated PowerShell.',
      },
    ],
    example: { folder: '/etc/octopus/Tentacle', why: 'no service runs this instance' },
  }),
  space: defineFinding({
    id: 'home.space',
    group: 'home',
    status: 'ok',
    title: ({ folder, freeBytes }: { readonly folder: string; readonly freeBytes: number }) =>
      `${folder}: ${formatSize(freeBytes)} free`,
    example: { folder: '/etc/octopus/Tentacle', freeBytes: 12_000_000_000 },
  }),
  spaceLow: defineFinding({
    id: 'home.space-low',
    group: 'home',
    status: 'problem',
    title: ({
      folder,
      freeBytes,
    }: {
      readonly folder: string;
      readonly freeBytes: number;
      readonly neededBytes: number;
    }) => `${folder}: only ${formatSize(freeBytes)} free`,
    means: ({ neededBytes }) =>
      `Tentacle refuses to run a script with less than ${formatSize(neededBytes)} of free space.`,
    next: ({ folder }) => [
      {
        who: 'tentacle-admin',
        action: 'Free space on this disk, or move the folder to another one.',
        windows: 'Get-PSDrive -PSProvider FileSystem',
        linux: `df -h ${quoteWord(folder, 'FOLDER')}`,
      },
    ],
    example: { folder: '/etc/octopus/Tentacle', freeBytes: 120_000_000, neededBytes: 524_288_000 },
  }),
  noInodes: defineFinding({
    id: 'home.no-file-numbers',
    group: 'home',
    status: 'problem',
    title: ({ folder }: { readonly folder: string }) => `${folder}: its file system can hold no more files`,
    means: () => 'All of its inodes are used. No file can be created, although there is free space.',
    next: ({ folder }) => [
      {
        who: 'tentacle-admin',
        action: 'Remove folders with very many small files.',
        linux: `df -i ${quoteWord(folder, 'FOLDER')}`,
      },
    ],
    example: { folder: '/etc/octopus/Tentacle' },
  }),
  readOnly: defineFinding({
    id: 'home.read-only',
    group: 'home',
    status: 'problem',
    title: ({ folder, mount }: { readonly folder: string; readonly mount: string }) =>
      `${folder}: ${mount} is mounted read-only`,
    means: () => 'Tentacle cannot write there. The kernel remounts a file system read-only after a disk error.',
    next: ({ mount }) => [
      {
        who: 'tentacle-admin',
        action: 'If it is not read-only by choice, look for disk errors.',
        linux: `findmnt ${quoteWord(mount, 'FOLDER')}\nsudo dmesg --level err,warn`,
      },
    ],
    example: { folder: '/etc/octopus/Tentacle', mount: '/' },
  }),
  noExec: defineFinding({
    id: 'home.no-exec',
    group: 'home',
    status: 'problem',
    title: ({ folder, mount }: { readonly folder: string; readonly mount: string }) =>
      `${folder}: programs on ${mount} cannot be started (noexec)`,
    means: () =>
      'Octopus Server installs its tool Calamari below this folder and starts it there. Each deployment fails.',
    next: ({ mount }) => [
      {
        who: 'tentacle-admin',
        action: 'Remove the option noexec of this mount, or move the home folder to another one.',
        linux: `findmnt ${quoteWord(mount, 'FOLDER')}`,
      },
    ],
    example: { folder: '/home/Octopus', mount: '/home' },
  }),
};

interface EntryFacts {
  readonly entries: number;
  readonly isComplete: boolean;
}

/** The commands have names of this host in them, so those that a shell would act on are left out. */
function grantCommands(folder: string, account: string): Commands {
  if (!isPlainWord(folder) || !isPlainWord(account)) return {};
  // Never for a disk or a folder of the system.
  if (!/^(?:\/[^/]+\/|[A-Za-z]:\\)[^/\\]/.test(folder)) return {};
  return folder.startsWith('/')
    ? { linux: `sudo chown -R ${account}: '${folder}'` }
    : { windows: `icacls '${folder}' /grant '${account}:(OI)(CI)F' /T` };
}
