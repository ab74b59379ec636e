import { statSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { Environment } from '../cli/environment.js';
import { ExitStatus } from '../cli/exit-status.js';
import type { CheckGroup } from '../diagnostics/checks/check.js';
import { toJsonLine } from '../text/sanitize.js';
import { nowUs } from '../time/clock.js';
import type { CheckContext, CheckInputs } from './check-context.js';
import type { CheckOptions } from '../cli/check-options.js';
import { type CheckReport, checkVerdict, countChecks } from './check-report.js';
import { checkVerdictText, groupText } from './check-text.js';
import { tryBundleFile } from './bundle/bundle-file.js';
import { writeBundle } from './bundle/write-bundle.js';
import { readConfiguration } from './configuration/read-configuration.js';
import { checkGroups } from './groups.js';
import type { Host } from './host.js';
import { commandRunner } from './run-command.js';
import { runChecks } from './run-checks.js';
import { ShownSteps } from './shown-steps.js';

/** The program that checks its host. */
export interface CheckProgram {
  readonly name: 'tentacle-pong' | 'tentacle-ping';
  readonly version: string;
}

/** Columns of the text in a bundle, which editors and tickets show. */
const BUNDLE_WIDTH = 120;

/** Checks this host, prints what it finds, group by group, and the verdict. @returns the exit status. */
export async function checkHost(
  options: CheckOptions,
  program: CheckProgram,
  environment: Environment,
  inputs: CheckInputs,
): Promise<number> {
  const { stdout, stderr, status, width, stop, platform, env, home } = environment;
  const { bundleFile } = options;
  if (bundleFile !== undefined) tryBundleFile(bundleFile);
  const host: Host = {
    platform,
    env,
    home,
    userId: readUserId(),
    hostname: hostname(),
    interfaces: networkInterfaces(),
    run: commandRunner(platform, env, stop),
    fileRoot: '',
  };
  const context: CheckContext = {
    host,
    options,
    side: program.name === 'tentacle-ping' ? 'server' : 'tentacle',
    inputs,
    configuration: readConfiguration(host, options),
    signal: stop,
  };
  const groups = checkGroups.filter(({ name }) => options.only.includes(name));
  const startedAt = new Date().toISOString();
  const startedUs = nowUs();
  const print = options.json ? stderr : stdout;
  const reader = { platform, ownActor: context.side === 'server' ? 'server-admin' : 'tentacle-admin' } as const;
  const textOf = (group: CheckGroup, shown: ShownSteps, columns: number): string => {
    const definition = groups.find(({ name }) => name === group.name);
    return definition === undefined ? '' : groupText(definition, group, shown, columns);
  };
  const printed = new ShownSteps(reader);
  const running = new Set(groups.map(({ name }) => name));
  const showRunning = (): void => status?.show(`checking: ${[...running].join(', ')}`);
  showRunning();
  const results = await runChecks(groups, context, {
    onEnd: (name) => {
      running.delete(name);
      showRunning();
    },
    onGroup: (group) => print(textOf(group, printed, width)),
  });
  status?.clear();
  const report: CheckReport = {
    schema: `${program.name}/check/1`,
    tool: { name: program.name, version: program.version },
    startedAt,
    elapsedUs: nowUs() - startedUs,
    host: { name: host.hostname, platform },
    groups: results,
    counts: countChecks(results),
    verdict: checkVerdict(results),
  };
  stdout(options.json ? toJsonLine(report) : checkVerdictText(report, width));
  if (bundleFile !== undefined) {
    const bundled = new ShownSteps(reader);
    const text = [
      ...results.map((group) => textOf(group, bundled, BUNDLE_WIDTH)),
      checkVerdictText(report, BUNDLE_WIDTH),
    ].join('');
    await writeBundle(bundleFile, { context, report, text }, environment);
  }
  return report.verdict.status === 'problem' || stop.aborted ? ExitStatus.FAILED : ExitStatus.OK;
}

/** The owner of this process on Linux. `os.userInfo` throws for an account without a name, as in containers. */
function readUserId(): number | undefined {
  try {
    return statSync('/proc/self').uid;
  } catch {
    return undefined;
  }
}
