import { tentacleCommand } from '../product-commands.js';
import { defineMessage } from './known-message.js';
import { writerAdmin } from './steps.js';

/** Files, disks and programs of one host: failures that stop a deployment or a service, while the network works. */
export const hostFileMessages = [
  defineMessage({
    id: 'local.program-not-startable',
    patterns: [
      'no usable version of libssl was found',
      "couldn't find a valid icu package",
      { oneOf: ['glibc'], regex: /version [`'"]?glibc(?:xx)?_[\d.]{1,12}[`'"]? not found/ },
      'error while loading shared libraries',
      'failed at step exec spawning',
      'status=203/exec',
      'you must install or update .net to run this application',
      'this application requires .net framework version',
      { oneOf: ['cannot execute binary file'], regex: /tentacle.{0,40}: cannot execute binary file/ },
    ],
    text: "No usable version of libssl was found / Couldn't find a valid ICU package / version `GLIBC_...' not found / status=203/EXEC / You must install or update .NET to run this application.",
    means:
      'The program could not start on this machine: a library, a runtime or the file itself is missing. No service listens or polls; the other end sees a refused connection, or a Tentacle that never connects.',
    causes: [
      { text: 'a library is missing: libssl (openssl), libicu, or a .NET runtime' },
      { text: 'the operating system is older than this version of the program supports (glibc, .NET Framework)' },
      { text: 'the package is for another processor, or the path in the service file is wrong' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Start the program by hand: it prints what is missing. Then look at the state of its service.',
        windows: tentacleCommand('version').windows,
        linux: `${tentacleCommand('version').linux}\nsystemctl status '*entacle*'\nsudo journalctl -u Tentacle -n 50`,
      },
      {
        who: 'tentacle-admin',
        action:
          'Install what is missing, or a version of the program for this operating system; then start the service.',
        linux: 'cat /etc/os-release\nopenssl version',
      },
    ],
    decidedBy: 'host',
    example: 'No usable version of libssl was found',
  }),
  defineMessage({
    id: 'local.disk-full',
    patterns: [
      'does not have enough free disk space available',
      'there is not enough space on the disk',
      'no space left on device',
      'disk quota exceeded',
    ],
    captures: [/on machine '(?<detail>[a-z0-9._-]{1,64})'/i],
    text: "The drive containing the directory '...' on machine '...' does not have enough free disk space available for this operation to proceed. / There is not enough space on the disk. / No space left on device",
    means:
      'A disk is full on the machine that the message names, or that ran the step. The network is not involved: where a task log shows this text, the connection to the Tentacle works.',
    causes: [
      { text: 'packages and old deployments were not cleaned up: no retention policy, or it fails' },
      { text: 'the files of Tentacle (Work, Files, Applications) share a small disk, or a mount, with others' },
    ],
    next: (seen) => [
      {
        who: writerAdmin(seen) === 'server-admin' ? 'tentacle-admin' : writerAdmin(seen),
        action: `Free space on that machine${seen.detail === undefined ? '' : ` (${seen.detail})`}, then run the task again.`,
        windows: 'Get-PSDrive -PSProvider FileSystem',
        linux: 'df -h',
      },
    ],
    decidedBy: 'host',
    example:
      "The drive containing the directory '/data/Work' on machine 'web01' does not have enough free disk space available for this operation to proceed.",
  }),
  defineMessage({
    id: 'local.configuration-damaged',
    patterns: [
      'xmlexception: root element is missing',
      { oneOf: ['root element is missing'], regex: /(?:\.config|keyvaluestore).{1,300}root element is missing/ },
      'root element is missing...keyvaluestore',
    ],
    text: 'System.Xml.XmlException: Root element is missing.',
    means:
      'A file of settings is empty or damaged. If it is that of the Tentacle or Octopus Server, the service does not start: it neither listens nor polls.',
    causes: [
      { text: 'the disk was full, or the machine stopped, while the settings were written' },
      { text: 'virus protection or a person changed the file' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Find the file of settings of that instance, and look at its size and time.',
        ...tentacleCommand('list-instances'),
      },
      {
        who: 'tentacle-admin',
        action:
          'Restore the file from a backup. Without one, create the instance again: it then has a new certificate, which Octopus has to learn.',
      },
    ],
    decidedBy: 'host',
    example: 'System.Xml.XmlException: Root element is missing.',
  }),
  defineMessage({
    id: 'local.file-access-denied',
    patterns: [
      {
        // The clean-up of old deployments logs a deletion that it repeats in these words: it has not failed yet.
        oneOf: ["' is denied", '" is denied'],
        regex: /^(?!.{0,200}retry #\d).{0,2000}access to the path ['"].{1,300}['"] is denied/,
      },
      'running scripts is disabled on this system',
    ],
    captures: [/(?:access to the path ['"](?<detail>[^'"]{1,120})['"])/i, /running (?<detail>scripts) is disabled/i],
    text: "Access to the path '...' is denied. / ... cannot be loaded because running scripts is disabled on this system.",
    means:
      'A program may not read, write or run a file on its own machine. The network is not involved: where a task log shows this text, the connection to the Tentacle works.',
    causes: ({ detail = '' }) => [
      ...(detail === 'scripts' ? [{ text: 'the execution policy of PowerShell, set by a group policy' }] : []),
      ...(/machinekey|\.config$|[\\/]octopus[\\/]/i.test(detail)
        ? [{ text: 'the command or the service does not run as the user that created the file (Linux: without sudo)' }]
        : []),
      { text: 'the account that runs it (that of the Tentacle service) has no right to that file or folder' },
      { text: 'another process or virus protection holds the file' },
    ],
    next: (seen) => [
      {
        who: writerAdmin(seen),
        action: 'Check on that machine as which account the service runs, and the rights of the file or folder.',
        windows:
          'Get-CimInstance Win32_Service -Filter "Name LIKE \'Octopus%\'" | Select-Object Name, StartName\nGet-ExecutionPolicy -List',
        linux: 'ls -la /etc/octopus\nps -eo user,cmd | grep -i tentacle',
      },
    ],
    decidedBy: 'host',
    example: "System.UnauthorizedAccessException: Access to the path 'C:\\Octopus\\Work\\Script.ps1' is denied.",
  }),
  defineMessage({
    id: 'local.file-in-use',
    patterns: ['because it is being used by another process', 'another application has exclusive access to the file'],
    captures: [/(?:access the file|access to the file) '(?<detail>[^']{1,200})'/i],
    text: "The process cannot access the file '...' because it is being used by another process.",
    means:
      'A file could not be read or replaced, because another program on the same machine holds it. The network is not involved: where a task log shows this text, the connection to the Tentacle works.',
    causes: ({ detail = '' }) => [
      ...(/tentacle/i.test(detail) ? [{ text: 'the Tentacle service, or a script it started, still runs' }] : []),
      { text: 'the program that is being replaced still runs: a service, a web site, or an earlier script' },
      { text: 'virus protection or a backup reads the file' },
    ],
    next: (seen) => [
      {
        who: writerAdmin(seen) === 'server-admin' ? 'tentacle-admin' : writerAdmin(seen),
        action: `Find the program that holds ${seen.detail ?? 'the file'} on that machine, stop it, then run the task again.`,
        windows: 'Get-CimInstance Win32_Process | Select-Object ProcessId, CreationDate, ExecutablePath',
        linux: 'ps -eo pid,lstart,user,cmd',
      },
    ],
    decidedBy: 'host',
    example:
      "System.IO.IOException: The process cannot access the file 'C:\\Octopus\\Applications\\Shop\\web.config' because it is being used by another process.",
  }),
  defineMessage({
    id: 'local.script-not-started',
    patterns: [
      { oneOf: ['an error occurred trying to start process'], regex: /error occurred trying to start process '/ },
      { oneOf: [': permission denied'], regex: /\bcalamari[^ ]{0,200}: permission denied/ },
      { oneOf: ['insufficient system resources exist'], regex: /insufficient system resources exist to complete/ },
      'the file contains a virus or potentially unwanted software',
    ],
    captures: [/start process '(?<detail>[^']{1,120})'/i],
    text: "An error occurred trying to start process '...' with working directory '...'. / ... Calamari: Permission denied",
    means:
      'The Tentacle received a script but could not start its shell or Calamari. The call arrived: the network, TLS and trust work.',
    causes: ({ detail }) => [
      {
        text: `${detail ?? 'the program'} is missing on that machine or in its container, or not at that path`,
      },
      { text: 'virus protection blocks it, or its folder is mounted without the right to run programs (noexec)' },
      { text: 'the machine has no memory or processes left' },
    ],
    next: ({ detail }) => [
      {
        who: 'tentacle-admin',
        action: `Check on that machine that ${detail === undefined ? 'the shell' : 'this program'} exists and starts, as the account of the service.`,
        windows:
          'Get-Command powershell.exe\nGet-CimInstance Win32_Service -Filter "Name LIKE \'OctopusDeploy%\'" | Select-Object Name, StartName',
        linux: 'ls -l /bin/bash\nmount | grep noexec\ndf -h',
      },
    ],
    decidedBy: 'host',
    example:
      "System.ComponentModel.Win32Exception (2): An error occurred trying to start process '/bin/bash' with working directory '/etc/octopus/Work'. No such file or directory",
  }),
];
