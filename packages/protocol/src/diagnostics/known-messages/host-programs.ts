import { listenerCommand, tentacleCommand } from '../product-commands.js';
import { type Cause, defineMessage } from './known-message.js';

/** Why Windows does not start a service, by its words; all of them where it names no reason. */
const START_CAUSES: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [/did not respond/i, { text: 'the machine was slow after a start or Windows updates, so 30 s did not suffice' }],
  [
    /did not respond|terminated/i,
    {
      text: 'the program failed at its start: the log of the Tentacle, or the Application event log, names the reason',
    },
  ],
  [
    /log ?on/i,
    {
      text: 'the password of the account of the service changed or expired, or the account is locked or may not log on as a service',
    },
  ],
  [
    /cannot find/i,
    { text: 'the program is not at the path of the service: it was uninstalled, moved, or half upgraded' },
  ],
  [/rights/i, { text: 'the account of the service has no rights to its files' }],
];

/** Failures of programs on one host that read like failures of a connection. */
export const hostProgramMessages = [
  defineMessage({
    id: 'local.web-port-in-use',
    patterns: [
      'httplistenerexception...being used by another process',
      'httpsysexception...being used by another process',
      'being used by another process...httplistener',
      'being used by another process...httpsys',
    ],
    captures: [/prefix '?https?:\/\/[^:/']{1,253}:(?<port>\d{1,5})/i],
    text: 'HttpListenerException / HttpSysException (32): The process cannot access the file because it is being used by another process',
    means:
      'A web server could not start on this host, because another program listens on its port. No file is involved: Windows words it like this. Usually it is the web portal of Octopus Server (80, 443 or 8080).',
    causes: [
      { text: 'another web server (IIS, Skype, a second instance of Octopus Server) has the port' },
      { text: 'the previous process of this service has not ended yet' },
    ],
    next: ({ port = '80' }) => [
      {
        who: 'server-admin',
        action: `Find the process that listens on the port of the web portal (here ${port}). System (PID 4) means HTTP.sys: the second command names the program.`,
        windows: `${listenerCommand(port).windows}\nnetsh http show servicestate view=requestq`,
      },
      {
        who: 'server-admin',
        action: 'Stop that program, or give one of the two another port; then start the service.',
      },
    ],
    decidedBy: 'host',
    example:
      'System.Net.HttpListenerException (0x80004005): The process cannot access the file because it is being used by another process',
  }),
  defineMessage({
    id: 'local.certificate-import-limit',
    patterns: ['has exceeded maximum allowed iterations', 'pkcs12 (pfx) without a supplied password has exceeded'],
    text: 'PKCS12 (PFX) without a supplied password has exceeded maximum allowed iterations.',
    means:
      'An update of .NET (June 2023, KB5025823) refuses to load the stored certificate of this end. The other end sees no listener, or a closed handshake. The network is not involved.',
    causes: [{ text: 'a Tentacle or Octopus Server from before that update runs on a .NET that has it' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Upgrade the Tentacle (or Octopus Server) to a version from July 2023 or later. Its certificate stays.',
      },
      {
        who: 'tentacle-admin',
        action: 'After the upgrade, check that the service runs and has the thumbprint that Octopus expects.',
        ...tentacleCommand('show-thumbprint'),
      },
    ],
    decidedBy: 'host',
    example:
      'System.Security.Cryptography.CryptographicException: PKCS12 (PFX) without a supplied password has exceeded maximum allowed iterations.',
  }),
  defineMessage({
    id: 'local.installer-failed',
    patterns: [
      { oneOf: ['failed to connect to server. error: 0x'], regex: /\bmsi \([cs]\).{1,80}failed to connect to server/ },
      { oneOf: [' -- error 1'], regex: /product: octopus .{1,60} -- error 1\d\d\d\b/ },
      'server returned unexpected error ... attempting to install package',
      { oneOf: ['octopus.tentacle'], regex: /msiexec.{1,300}octopus\.tentacle.{1,200}(?:exit|error) code:? 1[56]\d\d/ },
    ],
    captures: [/(?:error: |-- error )(?<detail>0x[0-9a-f]{8}|\d{4})/i],
    text: 'MSI (c) ... Failed to connect to server. Error: 0x... / Product: Octopus Deploy Tentacle -- Error 1402. ...',
    means:
      'The Windows Installer failed on this host. "Server" is its own service, not Octopus Server: nothing was sent over the network.',
    causes: [
      { text: 'the account that installs lacks rights to the registry key or folder in the message' },
      { text: 'a user profile that is being unloaded (1018, 0x800703FA): a log-off at the same time' },
      { text: 'the Windows Installer service is disabled or busy' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Run the installer again in an elevated prompt, with a log, after a restart of the machine.',
        windows: 'msiexec /i Octopus.Tentacle.msi /quiet /l*v C:\\Temp\\install.log',
      },
    ],
    decidedBy: 'host',
    example:
      'Product: Octopus Deploy Tentacle -- Error 1402. Could not open key: HKEY_CURRENT_USER\\Software\\Octopus\\Tentacle. System error 1018.',
  }),
  defineMessage({
    id: 'local.service-access-denied',
    patterns: [
      'openservice failed 5',
      'openscmanager failed 5',
      {
        oneOf: ['service on computer'],
        regex: /cannot open .{0,100}service on computer/,
      },
    ],
    text: '[SC] OpenService FAILED 5: Access is denied. / Cannot open OctopusDeploy Tentacle service on computer ...',
    means:
      'The account that ran this command may not control the Windows service. It was not started, stopped or changed. The network is not involved.',
    causes: [
      { text: 'the prompt is not elevated' },
      { text: 'the Tentacle runs as an account that is not an administrator, and a step or an upgrade used it' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Run the command in an elevated prompt. For an upgrade from Octopus, check the account of the service.',
        windows:
          'Get-CimInstance Win32_Service -Filter "Name LIKE \'OctopusDeploy%\'" | Select-Object Name, StartName, State',
      },
    ],
    decidedBy: 'host',
    example: '[SC] OpenService FAILED 5:',
  }),
  defineMessage({
    id: 'local.service-start-timeout',
    patterns: [
      {
        oneOf: ['service to connect'],
        regex: /while waiting for the octopus.{1,100} service to connect/,
      },
      'service did not respond to the start or control request in a timely fashion',
      { oneOf: ['terminated unexpectedly'], regex: /octopus.{1,100} service terminated unexpectedly/ },
      { oneOf: ['failed to start due to the following error'], regex: /octopus.{1,100} failed to start due to/ },
      { oneOf: ['service on computer'], regex: /cannot start .{0,100}service on computer/ },
      { oneOf: ['on computer'], regex: /cannot start service .{1,100} on computer/ },
      'the service did not start due to a logon failure',
      { oneOf: ['service was unable to log on'], regex: /octopus.{1,100} service was unable to log on/ },
    ],
    captures: [
      /(?<detail>logon failure|unable to log on|cannot find the file|cannot find the path|did not respond|terminated unexpectedly)/i,
    ],
    text: 'A timeout was reached (30000 milliseconds) while waiting for the OctopusDeploy Tentacle service to connect. / Error 1053: The service did not respond to the start or control request in a timely fashion.',
    means:
      'Windows could not start the service, or it crashed. "Connect" means the service control manager of Windows here: nothing was sent over the network. The other end sees a refused connection.',
    causes: ({ detail, details = [] }) => {
      const seen = [detail, ...details].join(' ');
      const shown = START_CAUSES.filter(([words]) => words.test(seen));
      return (shown.length === 0 ? START_CAUSES : shown).map(([, cause]) => cause);
    },
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Start the service again, then read the last error in the Application event log.',
        windows:
          "Start-Service 'OctopusDeploy*'\nGet-WinEvent -MaxEvents 20 -FilterHashtable @{ LogName = 'Application'; Level = 2 } | Format-List TimeCreated, ProviderName, Message",
      },
      {
        who: 'tentacle-admin',
        action: 'If it fails only after a start of the machine, let a scheduled task restart it when it has stopped.',
        windows: tentacleCommand('watchdog --create --instances *').windows,
      },
    ],
    decidedBy: 'host',
    example:
      'A timeout was reached (30000 milliseconds) while waiting for the OctopusDeploy Tentacle service to connect.',
  }),
  defineMessage({
    id: 'local.domain-trust',
    patterns: ['the trust relationship between this workstation and the primary domain failed'],
    text: 'The trust relationship between this workstation and the primary domain failed.',
    means:
      'The Windows domain no longer accepts the account of this machine. It has nothing to do with the thumbprints that Octopus Server and Tentacle trust.',
    causes: [
      { text: 'the machine was restored from a snapshot or backup, or cloned' },
      { text: 'its account in the domain was reset, disabled or deleted' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Test the account of the machine, and repair it as an administrator of the domain.',
        windows: 'Test-ComputerSecureChannel -Verbose\nTest-ComputerSecureChannel -Repair -Credential DOMAIN\\ADMIN',
      },
    ],
    decidedBy: 'host',
    example: 'The trust relationship between this workstation and the primary domain failed.',
  }),
  defineMessage({
    id: 'local.no-console',
    patterns: ['the handle is invalid...system.console.'],
    text: 'The handle is invalid. ... at System.Console...',
    means: 'A command of Tentacle was started without a console, for example as a service. Nothing was sent.',
    causes: [{ text: 'a service or scheduled task runs a command that is meant for a prompt' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'Run the command from a script of a scheduled task instead, with its output sent to a file: command > C:\\Temp\\output.txt.',
      },
    ],
    decidedBy: 'host',
    example: 'The handle is invalid. ---> at System.Console.GetBufferInfo(Boolean throwOnNoConsole)',
  }),
  defineMessage({
    id: 'local.script-log-damaged',
    patterns: ['scriptlog.getoutput', 'outputlog.getoutput'],
    text: '... Unexpected character encountered while parsing number ... at Octopus.Tentacle.Services.Scripts.ScriptLog.GetOutput',
    means:
      'The call reached the Tentacle, which could not read the output that it stored for the running script. The network, TLS and trust work.',
    causes: [
      { text: 'the Tentacle or its machine stopped while it wrote that file, or the disk was full' },
      { text: 'virus protection locks or changes the files of the Tentacle' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check for a restart or crash at that time, and for free disk space. Then run the task again.',
        windows:
          "Get-WinEvent -MaxEvents 20 -FilterHashtable @{ LogName = 'System'; Id = 41, 1074, 6008 }\nGet-PSDrive -PSProvider FileSystem",
        linux: 'last -x reboot\ndf -h',
      },
      {
        who: 'tentacle-admin',
        action: "Exempt the Tentacle's home folder (C:\\Octopus) from virus protection, and upgrade the Tentacle.",
      },
    ],
    decidedBy: 'host',
    example:
      'Newtonsoft.Json.JsonReaderException: Unexpected character encountered. ---> at Octopus.Tentacle.Services.Scripts.ScriptLog.GetOutput(Int64 afterSequenceNumber)',
  }),
  defineMessage({
    id: 'local.waiting-for-script',
    patterns: [
      'cannot start this task yet. there is already another task running',
      { oneOf: ['the other task is still running'], regex: /this task waited more than .{1,40} and timed out/ },
      'this task was canceled before it could start. task',
      {
        oneOf: ['requires that no other octopus scripts are executing'],
        regex: /waiting for the script in task .{1,200} to finish/,
      },
    ],
    text: 'Waiting for the script in task ... to finish as this script requires that no other Octopus scripts are executing on this target at the same time.',
    means:
      'The Tentacle answers: it holds this script back until another script on the same target ends. That is not a fault of the network.',
    causes: [
      { text: 'another deployment, runbook or health check runs on that target: normal' },
      { text: 'a script there hangs (it waits for input, or virus protection stops it) and keeps the lock' },
      { text: 'many projects share the target, and each of their steps needs it alone' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action:
          'Open the task that the message names, and cancel it if it hangs. If the name is "error - task not found", look for a process on the target.',
      },
      {
        who: 'tentacle-admin',
        action: 'Find the script that hangs, and end it. If none runs, restart the Tentacle: that releases the lock.',
        windows:
          "Get-CimInstance Win32_Process -Filter \"Name = 'powershell.exe' OR Name LIKE 'Calamari%'\" | Select-Object ProcessId, CreationDate, CommandLine",
        linux: 'ps -eo pid,lstart,cmd | grep -i -E "calamari|Work/"',
      },
    ],
    decidedBy: 'host',
    example:
      '10:57:13   Wait     |       Waiting for the script in task [ServerTasks-35210](~/app#/tasks/ServerTasks-35210) to finish as this script requires that no other Octopus scripts are executing on this target at the same time.',
  }),
  defineMessage({
    id: 'data.package-too-large',
    patterns: ['stream was too long'],
    text: 'System.IO.IOException: Stream was too long.',
    means: 'A package or file of 2 GB or more does not fit into the memory stream of one end. The network carries it.',
    causes: [
      { text: 'Octopus Server or Tentacle before 3.3.6' },
      { text: 'a step or script that reads the whole file into memory' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Upgrade Octopus Server and the Tentacle to 3.3.6 or later, or split the package.',
      },
    ],
    decidedBy: 'host',
    example: '12:00:41   Fatal    |     System.IO.IOException: Stream was too long.',
  }),
];
