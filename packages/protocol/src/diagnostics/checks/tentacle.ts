import { tentacleCommand, TENTACLE_LOG, sameCommand } from '../product-commands.js';
import { quoteWord } from '../quote-word.js';
import { count } from '../../text/units.js';
import { defineFinding } from './finding.js';

/** A service or process that runs Tentacle. */
export interface ServiceFacts {
  readonly service: string;
  readonly account: string;
  readonly state: string;
}

const EXAMPLE: ServiceFacts = { service: 'Tentacle', account: 'root', state: 'active (running)' };
const PROGRAM = '/opt/octopus/tentacle/Tentacle';

/** Times of one program start, in milliseconds, in their order. */
interface StartFacts {
  readonly program: string;
  readonly timesMs: readonly number[];
}

interface LoadFacts {
  /** Processes that run or wait to run, as a mean of the last minute. */
  readonly load: number;
  readonly processors: number;
}

interface LogFacts {
  readonly instance: string;
  readonly path: string;
}

interface ErrorFacts {
  readonly errors: number;
  /** The time of the last one. */
  readonly last: string;
}

const LOG: LogFacts = { instance: 'Tentacle', path: '/etc/octopus/Tentacle/Logs/OctopusTentacle.txt' };

/** What can be found about the program, its service and its log. */
export const tentacleFindings = {
  none: defineFinding({
    id: 'tentacle.not-installed',
    group: 'tentacle',
    status: 'skipped',
    title: ({ places }: { readonly places: readonly string[] }) =>
      `Tentacle is not installed on this host (${places.join(', ')})`,
    example: { places: [PROGRAM, 'PATH'] },
  }),
  programMissing: defineFinding({
    id: 'tentacle.program-missing',
    group: 'tentacle',
    status: 'warning',
    title: () => 'An instance is configured, but the program Tentacle was not found',
    means: () => 'It is not where the installer puts it, not on PATH, and no service names it.',
    next: () => [{ who: 'tentacle-admin', action: 'Install Tentacle, or run this check on the host that has it.' }],
    example: {},
  }),
  version: defineFinding({
    id: 'tentacle.version',
    group: 'tentacle',
    status: 'ok',
    title: ({ program, version }: { readonly program: string; readonly version: string }) =>
      `Tentacle ${version} (${program})`,
    example: { program: PROGRAM, version: '9.2.100' },
  }),
  running: defineFinding({
    id: 'tentacle.service-running',
    group: 'tentacle',
    status: 'ok',
    title: ({ service, account, state }: ServiceFacts) => `Service ${service} is ${state}, as ${account}`,
    example: EXAMPLE,
  }),
  stopped: defineFinding({
    id: 'tentacle.service-stopped',
    group: 'tentacle',
    status: 'problem',
    title: ({ service, state }: ServiceFacts & { readonly option: string }) => `Service ${service} is ${state}`,
    means: () => 'Without the service, Tentacle neither listens nor polls.',
    next: ({ option }) => [
      { who: 'tentacle-admin', action: 'Start the service.', ...tentacleCommand(`service --start ${option}`) },
      { who: 'tentacle-admin', action: 'If it stops again, read the end of its log.', ...TENTACLE_LOG },
    ],
    example: { ...EXAMPLE, state: 'inactive (dead)', option: '--instance "Tentacle"' },
  }),
  restarting: defineFinding({
    id: 'tentacle.service-restarts',
    group: 'tentacle',
    status: 'warning',
    title: ({ service, restarts }: ServiceFacts & { readonly restarts: number }) =>
      `Service ${service} was restarted ${count(restarts, 'time')} after a failure`,
    means: () => 'Each restart cuts all connections and running deployments. The log has the reason of each.',
    next: () => [{ who: 'tentacle-admin', action: 'Read the end of its log.', ...TENTACLE_LOG }],
    example: { ...EXAMPLE, restarts: 12 },
  }),
  notAtBoot: defineFinding({
    id: 'tentacle.service-not-automatic',
    group: 'tentacle',
    status: 'warning',
    title: ({ service }: ServiceFacts) => `Service ${service} does not start with the host`,
    means: () => 'After the next restart of the host, the Octopus Server cannot reach this Tentacle.',
    next: ({ service }) => [
      {
        who: 'tentacle-admin',
        action: 'Let the service start automatically.',
        windows: `Set-Service -Name ${quoteWord(service, 'NAME')} -StartupType Automatic`,
        linux: `sudo systemctl enable ${quoteWord(service, 'NAME')}`,
      },
    ],
    example: EXAMPLE,
  }),
  noService: defineFinding({
    id: 'tentacle.service-missing',
    group: 'tentacle',
    status: 'problem',
    title: ({ instance }: { readonly instance: string; readonly option: string }) =>
      `${instance}: no service or process runs this instance`,
    means: () => 'The instance is configured, but nothing listens or polls for it.',
    next: ({ option }) => [
      {
        who: 'tentacle-admin',
        action: 'If the instance is needed, install and start its service.',
        ...tentacleCommand(`service --install --start ${option}`),
      },
    ],
    example: { instance: 'Tentacle', option: '--instance "Tentacle"' },
  }),
  servicesUnknown: defineFinding({
    id: 'tentacle.services-unknown',
    group: 'tentacle',
    status: 'unknown',
    title: () => 'The services of this host could not be listed',
    means: ({ why }: { readonly why: string }) => `Whether Tentacle runs is unknown: ${why}.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Show the state of the service.',
        windows: "Get-Service 'OctopusDeploy Tentacle*'",
        linux: "systemctl list-units --all '*entacle*'",
      },
    ],
    example: { why: 'PowerShell did not list the services' },
  }),
  startsFast: defineFinding({
    id: 'tentacle.start-time',
    group: 'tentacle',
    status: 'ok',
    title: ({ timesMs }: StartFacts) => `"Tentacle help" takes ${timesMs.map((time) => `${time} ms`).join(', ')}`,
    example: { program: PROGRAM, timesMs: [420, 410, 415] },
  }),
  startsSlowly: defineFinding({
    id: 'tentacle.start-slow',
    group: 'tentacle',
    status: 'warning',
    title: ({ timesMs }: StartFacts) =>
      `"Tentacle help" takes ${timesMs.map((time) => `${time} ms`).join(', ')}: over 1 s`,
    means: () =>
      'Each start of the program waits. Without internet access, Windows waits for a check whether the certificate of the program was revoked. Anti-virus software has the same effect.',
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'On Windows, clear "Check for publisher\'s certificate revocation" under Internet Options > Advanced for the account of the service.',
        windows: 'inetcpl.cpl',
      },
      {
        who: 'tentacle-admin',
        action: 'Exclude the folders of Tentacle from the real-time scan of the anti-virus software.',
        windows: 'Get-MpPreference | Select-Object ExclusionPath, ExclusionProcess',
      },
      {
        who: 'tentacle-admin',
        action: 'If neither applies, check the load of the processors and the disk.',
        linux: 'uptime',
      },
    ],
    example: { program: PROGRAM, timesMs: [1520, 1510, 1515] },
  }),
  startsSlowlyUnderLoad: defineFinding({
    id: 'tentacle.start-time-unknown',
    group: 'tentacle',
    status: 'unknown',
    title: ({ timesMs, load, processors }: StartFacts & LoadFacts) =>
      `"Tentacle help" takes ${timesMs.map((time) => `${time} ms`).join(', ')} on a busy host (load ${load}, ${count(processors, 'processor')})`,
    means: () =>
      'It waits for other processes. Whether it also waits for a revocation check or anti-virus software is unknown.',
    next: () => [
      { who: 'tentacle-admin', action: 'Run this check again when the host is less busy.', linux: 'uptime' },
    ],
    example: { program: PROGRAM, timesMs: [2230, 2120], load: 9.3, processors: 2 },
  }),
  startFailed: defineFinding({
    id: 'tentacle.start-failed',
    group: 'tentacle',
    status: 'problem',
    title: ({ program, reason }: { readonly program: string; readonly reason: string }) =>
      `"${program} help" failed: ${reason}`,
    means: () => 'The program does not start, so neither does the service. Its output is the evidence.',
    next: () => [
      { who: 'tentacle-admin', action: 'Run it and read its output.', ...tentacleCommand('help') },
      { who: 'tentacle-admin', action: 'If a library is missing, install Tentacle again.' },
    ],
    example: { program: PROGRAM, reason: 'exit status 134' },
  }),
  startDenied: defineFinding({
    id: 'tentacle.start-denied',
    group: 'tentacle',
    status: 'unknown',
    title: ({ program }: { readonly program: string }) => `This account may not run ${program}`,
    means: () => 'Its version and the time that it takes to start are unknown.',
    next: () => [{ who: 'tentacle-admin', action: 'Run this check as root, or in an elevated PowerShell.' }],
    example: { program: PROGRAM },
  }),
  programUnsafe: defineFinding({
    id: 'tentacle.program-unsafe',
    group: 'tentacle',
    status: 'unknown',
    title: ({ program }: { readonly program: string }) => `${program} was not run: other accounts can change it`,
    means: () =>
      'Another account owns the file or a folder above it, or may write to one. Its version and start time are unknown.',
    next: ({ program }) => [
      {
        who: 'tentacle-admin',
        action: 'Check which account needs to write there. The installer leaves the program to root.',
        linux: `namei -l ${quoteWord(program, 'FILE')}`,
      },
    ],
    example: { program: '/home/octopus/tentacle/Tentacle' },
  }),
  startUnknown: defineFinding({
    id: 'tentacle.start-unknown',
    group: 'tentacle',
    status: 'unknown',
    title: ({ program }: { readonly program: string }) => `${program} could not be started for a measurement`,
    means: () => 'The measurement returned no times. Whether the program starts quickly is unknown.',
    next: () => [{ who: 'tentacle-admin', action: 'Measure a start of the program.', ...tentacleCommand('help') }],
    example: { program: PROGRAM },
  }),
  logLevel: defineFinding({
    id: 'tentacle.log-level',
    group: 'tentacle',
    status: 'ok',
    title: ({ level, hidesRefused }: { readonly level: string; readonly hidesRefused: boolean }) =>
      hidesRefused
        ? `Log level ${level}, the default: from 8.1.1322 on it hides refused thumbprints`
        : `Log level ${level}: refused thumbprints are logged`,
    example: { level: 'Info', hidesRefused: true },
  }),
  logLevelHigh: defineFinding({
    id: 'tentacle.log-level-high',
    group: 'tentacle',
    status: 'warning',
    title: ({ level }: { readonly level: string; readonly file: string }) =>
      `Log level ${level} hides accepted and refused connections`,
    means: ({ file }) => `The level is set in ${file}. With the default Info, the log shows each connection.`,
    next: () => [{ who: 'tentacle-admin', action: 'Set the level to Info, or to Debug while you look for a fault.' }],
    example: { level: 'Error', file: '/opt/octopus/tentacle/Tentacle.exe.nlog' },
  }),
  logLevelUnknown: defineFinding({
    id: 'tentacle.log-level-unknown',
    group: 'tentacle',
    status: 'unknown',
    title: ({ file }: { readonly file: string; readonly detail: string }) =>
      `The log level could not be read from ${file}`,
    means: ({ detail }) => `The file was not read: ${detail}. Without it, Tentacle does not start.`,
    next: () => [{ who: 'tentacle-admin', action: 'Run this check as root, or restore the file from the installer.' }],
    example: { file: '/opt/octopus/tentacle/Tentacle.exe.nlog', detail: 'no such file' },
  }),
  logClean: defineFinding({
    id: 'tentacle.log-clean',
    group: 'tentacle',
    status: 'ok',
    title: ({ instance, path }: LogFacts) => `${instance}: no error in the last 24 h of ${path}`,
    example: LOG,
  }),
  logEarlierErrors: defineFinding({
    id: 'tentacle.log-earlier-errors',
    group: 'tentacle',
    status: 'ok',
    title: ({ instance, errors, last }: LogFacts & ErrorFacts) =>
      `${instance}: no error in the last hour of its log; ${errors} in 24 h, last ${last}`,
    example: { ...LOG, errors: 12, last: '2026-11-27 12:03:14' },
  }),
  logErrors: defineFinding({
    id: 'tentacle.log-errors',
    group: 'tentacle',
    status: 'warning',
    title: ({ instance, errors, last }: LogFacts & ErrorFacts) =>
      `${instance}: ${count(errors, 'error')} in the last 24 h of its log, last ${last}`,
    means: () => 'The evidence has the known messages among them, the latest first, with the number of each.',
    next: ({ path }) => [
      {
        who: 'you',
        action: 'Explain the log.',
        ...sameCommand(`tentacle-ping explain ${quoteWord(path, 'FILE')}`),
      },
    ],
    example: { ...LOG, errors: 12, last: '2026-11-27 12:03:14' },
  }),
  logUnread: defineFinding({
    id: 'tentacle.log-unread',
    group: 'tentacle',
    status: 'unknown',
    title: ({ instance, path }: LogFacts & { readonly detail: string }) => `${instance}: the log ${path} was not read`,
    means: ({ detail }) => `Reading it failed: ${detail}. A service that never ran has no log.`,
    next: () => [
      { who: 'tentacle-admin', action: 'If the log exists, run this check as root, or in an elevated PowerShell.' },
    ],
    example: { ...LOG, detail: 'permission denied' },
  }),
};
