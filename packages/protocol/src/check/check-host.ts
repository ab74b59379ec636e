import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { readInterfaces } from '../net/interfaces.js';
import type { Environment } from '../cli/environment.js';
import { ExitStatus } from '../cli/exit-status.js';
import type { CheckGroup } from '../diagnostics/checks/check.js';
import { quote, toJsonLine } from '../text/sanitize.js';
import type { Screen } from '../text/screen.js';
import { withoutStyles } from '../text/style.js';
import { Redactor } from '../text/redact.js';
import { Glossary } from '../html/glossary.js';
import { HtmlFile } from '../html/html-file.js';
import { renderPage } from '../html/page.js';
import { checkPage } from './check-page.js';
import { nowUs } from '../time/clock.js';
import type { CheckContext, CheckInputs } from './check-context.js';
import type { CheckOptions } from '../cli/check-options.js';
import { type CheckReport, checkVerdict, countChecks } from './check-report.js';
import { type CheckTextOptions, checkVerdictText, groupText } from './check-text.js';
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

/** The text in a bundle is shown by editors and tickets. */
const BUNDLE_SCREEN: Screen = { width: 120, unicode: true };

/** Checks this host, prints what it finds, group by group, and the verdict. @returns the exit status. */
export async function checkHost(
  options: CheckOptions,
  program: CheckProgram,
  environment: Environment,
  inputs: CheckInputs,
): Promise<number> {
  const { stdout, stderr, status, stop, platform, env, home } = environment;
  const { bundleFile, htmlFile } = options;
  if (bundleFile !== undefined) tryBundleFile(bundleFile);
  const page = htmlFile === undefined ? undefined : new HtmlFile(htmlFile);
  const host: Host = {
    platform,
    env,
    home,
    userId: readUserId(),
    hostname: hostname(),
    interfaces: readInterfaces(),
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
  const ownActor = context.side === 'server' ? 'server-admin' : 'tentacle-admin';
  const textOptions = (screen: Screen, isVerbose: boolean): CheckTextOptions => {
    return { screen, isVerbose, shown: new ShownSteps({ platform, ownActor, isVerbose }) };
  };
  const textOf = (group: CheckGroup, how: CheckTextOptions): string => {
    const definition = groups.find(({ name }) => name === group.name);
    return definition === undefined ? '' : groupText(definition, group, how);
  };
  const printed = textOptions(environment, options.verbose);
  const running = new Set(groups.map(({ name }) => name));
  const showRunning = (): void => status?.show(`  checking: ${[...running].join(', ')}`);
  showRunning();
  const results = await runChecks(groups, context, {
    onEnd: (name) => {
      running.delete(name);
      showRunning();
    },
    onGroup: (group) => print(textOf(group, printed)),
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
  const shown = options.redact === true ? new Redactor().redact(report) : report;
  stdout(options.json ? toJsonLine(shown) : checkVerdictText(report, environment));
  if (bundleFile !== undefined) {
    const bundled = textOptions(BUNDLE_SCREEN, true);
    const text = [...results.map((group) => textOf(group, bundled)), checkVerdictText(report, BUNDLE_SCREEN)].join('');
    await writeBundle(bundleFile, { context, report, text: withoutStyles(text) }, environment);
  }
  const isWritten = page === undefined || writeCheckPage(page, shown, environment, print);
  return report.verdict.status === 'problem' || stop.aborted || !isWritten ? ExitStatus.FAILED : ExitStatus.OK;
}

/** Writes the page, and names its file in the last line of the output. @returns whether it could be written. */
function writeCheckPage(
  file: HtmlFile,
  report: CheckReport,
  { runtime, stderr }: Pick<Environment, 'runtime' | 'stderr'>,
  print: (text: string) => void,
): boolean {
  const { name, version } = report.tool;
  const glossary = new Glossary();
  const results = [checkPage(report, glossary, runtime)];
  const problem = file.write(renderPage({ generator: `${name} ${version}`, results, glossary }));
  if (problem === undefined) print(`HTML report: ${quote(file.path)}\n`);
  else stderr(`${name}: --html: ${problem}\n`);
  return problem === undefined;
}

/** The owner of this process on Linux. `os.userInfo` throws for an account without a name, as in containers. */
function readUserId(): number | undefined {
  try {
    return statSync('/proc/self').uid;
  } catch {
    return undefined;
  }
}
