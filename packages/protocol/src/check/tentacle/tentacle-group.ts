import { availableParallelism, loadavg } from 'node:os';
import { singleLine } from '../../text/sanitize.js';
import { decodeText } from '../../text/decode-text.js';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { tentacleFindings as findings } from '../../diagnostics/checks/tentacle.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import { readEndOfHostFile } from '../configuration/host-file.js';
import { instanceOption } from '../configuration/instance-option.js';
import { logPath } from '../configuration/log-path.js';
import type { Host } from '../host.js';
import { findServices, serviceOf } from './find-services.js';
import { readLogLevel } from './log-level.js';
import { measureStarts } from './measure-starts.js';
import { findProgram, isSafeToRun, programPlaces } from './program.js';
import { findLogErrors, type LogErrors } from './read-log.js';
import type { FoundServices, TentacleService } from './service.js';

/** The end of a log that is read: some ten thousand lines. */
const LOG_MAX_BYTES = 2 * 1024 * 1024;

const LOG_HOURS = 24;

/** Errors that ended before this time are of a fault that is over. */
const RECENT_HOURS = 1;

/** Octopus's own limit in its troubleshooting guide. */
const SLOW_START_MS = 1000;

/** Whether the program, its service and its log are as they should be. */
export const tentacleGroup: CheckGroupDefinition = {
  name: 'tentacle',
  title: 'Tentacle itself',
  // Four starts of the program.
  timeoutMs: 9500,
  run: async (context: CheckContext, add: AddCheck) => {
    const { host } = context;
    const { instances } = await context.configuration;
    const found = await findServices(host);
    const services = found.kind === 'found' ? found.services : [];
    for (const instance of instances) checkService(instance, { found, host, add });
    await Promise.all([
      checkProgram({ host, services, isConfigured: instances.length > 0, add }),
      ...instances.map(async (instance) => checkLog(instance, host, add)),
    ]);
    if (found.kind === 'unknown') add(findings.servicesUnknown.check({ why: found.why }));
  },
};

interface ServiceContext {
  readonly found: FoundServices;
  readonly host: Host;
  readonly add: AddCheck;
}

function checkService(instance: TentacleInstance, { found, host, add }: ServiceContext): void {
  if (found.kind === 'unknown') return;
  const option = instanceOption(instance);
  const service = serviceOf(instance, found.services, host);
  if (service === undefined && found.hidden !== undefined) {
    add(findings.servicesUnknown.check({ why: found.hidden }));
    return;
  }
  if (service === undefined) {
    add(findings.noService.check({ instance: singleLine(instance.name, 100), option }));
    return;
  }
  const { name, account, state, isRunning, restarts = 0, startsWithHost } = service;
  const facts = { service: name, account, state };
  const evidence = [describeService(service)];
  if (state === 'unknown' && !isRunning) {
    add(findings.servicesUnknown.check({ why: `systemd did not return the state of ${name}` }, evidence));
    return;
  }
  if (isRunning) add(findings.running.check(facts, evidence));
  else add(findings.stopped.check({ ...facts, option }, evidence));
  if (restarts > 0) add(findings.restarting.check({ ...facts, restarts }, evidence));
  if (startsWithHost === false) add(findings.notAtBoot.check(facts, evidence));
}

function describeService({
  name,
  kind,
  account,
  state,
  program = 'unknown program',
  processId,
}: TentacleService): string {
  const process = processId === undefined ? '' : `, process ${processId}`;
  return singleLine(`${name} (${kind}): ${state}, account ${account}${process}, ${program}`, 300);
}

interface ProgramContext {
  readonly host: Host;
  readonly services: readonly TentacleService[];
  readonly isConfigured: boolean;
  readonly add: AddCheck;
}

async function checkProgram({ host, services, isConfigured, add }: ProgramContext): Promise<void> {
  const places = programPlaces(host, services);
  const program = await findProgram(host, places);
  if (program === undefined) {
    add(
      isConfigured
        ? findings.programMissing.check({}, places)
        : findings.none.check({ places: ['default folder', 'PATH'] }),
    );
    return;
  }
  if (!(await isSafeToRun(host, program))) {
    add(findings.programUnsafe.check({ program }));
    await checkLogLevel(program, host, add);
    return;
  }
  const [starts] = await Promise.all([measureStarts(host, program), checkLogLevel(program, host, add)]);
  switch (starts.kind) {
    case 'measured': {
      const { timesMs, version } = starts;
      if (version !== undefined) add(findings.version.check({ program, version }));
      addStartTime(program, timesMs, add);
      return;
    }
    case 'failed': {
      const output = starts.output.split('\n').filter((line) => line.trim() !== '');
      add(
        findings.startFailed.check(
          { program, reason: starts.reason },
          output.slice(0, 10).map((line) => singleLine(line, 300)),
        ),
      );
      return;
    }
    case 'denied':
      add(findings.startDenied.check({ program }));
      return;
    case 'unknown':
      add(findings.startUnknown.check({ program }));
  }
}

function addStartTime(program: string, timesMs: readonly number[], add: AddCheck): void {
  // Windows has no load average: it is 0 there.
  const [load = 0] = loadavg();
  const processors = availableParallelism();
  const facts = { program, timesMs, load: Math.round(load * 10) / 10, processors };
  const evidence = [`${program} help`, `load ${facts.load}, ${processors} processors`];
  // The fastest one: another process may have slowed the others.
  if (Math.min(...timesMs) <= SLOW_START_MS) add(findings.startsFast.check(facts, evidence));
  else if (load > processors) add(findings.startsSlowlyUnderLoad.check(facts, evidence));
  else add(findings.startsSlowly.check(facts, evidence));
}

async function checkLogLevel(program: string, host: Host, add: AddCheck): Promise<void> {
  const found = await readLogLevel(host, program);
  if (found.kind === 'unread') {
    add(findings.logLevelUnknown.check({ file: found.source, detail: found.detail }));
    return;
  }
  const { source } = found;
  const level = singleLine(found.level, 20);
  const evidence = [`${source}: ${level}`];
  if (['Warn', 'Error', 'Fatal', 'Off'].includes(level))
    add(findings.logLevelHigh.check({ level, file: source }, evidence));
  else add(findings.logLevel.check({ level, hidesRefused: level === 'Info' }, evidence));
}

async function checkLog(of: TentacleInstance, host: Host, add: AddCheck): Promise<void> {
  const path = logPath(of);
  if (path === undefined) return;
  const instance = singleLine(of.name, 100);
  const file = await readEndOfHostFile(host, path, LOG_MAX_BYTES);
  if (file.kind === 'unread') {
    add(findings.logUnread.check({ instance, path, detail: file.place.detail ?? file.place.why }));
    return;
  }
  const found = findLogErrors(decodeText(file.bytes), hoursAgo(LOG_HOURS));
  const { last, errors } = found;
  if (last === undefined) {
    add(findings.logClean.check({ instance, path }));
    return;
  }
  const finding = last >= hoursAgo(RECENT_HOURS) ? findings.logErrors : findings.logEarlierErrors;
  add(finding.check({ instance, path, errors, last }, describeErrors(found)));
}

function describeErrors({ known, lastUnknown }: LogErrors): readonly string[] {
  return [
    ...known.map(({ id, times, last, line }) => `${times} x ${id}, last ${last}: ${line}`),
    ...(lastUnknown === undefined ? [] : [`not known, last ${lastUnknown}`]),
  ];
}

/** As NLog writes the time, in the zone of the host: `2026-11-27 22:28:19`. */
function hoursAgo(hours: number): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000 - hours * 3_600_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
