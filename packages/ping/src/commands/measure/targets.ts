import { setMaxListeners } from 'node:events';
import { Deadline, literalAddress, resolveName, abortAfter } from 'tentacle-protocol';
import {
  type AskHidden,
  count,
  type Environment,
  ExitStatus,
  omitUndefined,
  type ParsedCommand,
  type ParsedOptions,
  parseDuration,
  styled,
  UsageError,
  wrap,
} from 'tentacle-protocol/cli';
import { EventLoopDelay } from '../../session/event-loop-delay.js';
import { rejectDataForMany } from '../../options/data-options.js';
import type { Report } from '../../report/report.js';
import { loadClientIdentity } from '../../options/client-identity.js';
import { type RunOptions, runOptionsFor } from '../../options/run-options.js';
import { targetCsvRow, targetsCsvHead } from '../../output/targets-csv.js';
import { targetName, targetRows, targetsText } from '../../output/targets-text.js';
import { type LoadProfile, parseLoadProfile } from '../../options/load-profile.js';
import { requireOpenFiles } from '../../options/require-open-files.js';
import { measureTargets } from '../../measurements/targets/measure-targets.js';
import { readTargetFile } from '../../measurements/targets/read-target-file.js';
import { type ListedTarget, listTargets } from '../../measurements/targets/list-targets.js';
import {
  countVerdicts,
  hasNoRoute,
  type TargetLine,
  type TargetsReport,
  targetLine,
  addressesVerdict,
} from '../../measurements/targets/targets-report.js';
import { resolveProxy } from '../../options/resolve-proxy.js';
import { LiveTargets } from './live-targets.js';
import type { Threshold } from '../../options/thresholds.js';
import { ReportOutput } from '../report-output.js';
import { statusOfAttempts } from './exit-status.js';
import { progressWriter, withThresholds } from './measure-run.js';

/** One attempt shows whether a target works; with more than 32 at a time, one process would measure its own load. */
const DEFAULTS = { count: 1, concurrency: 32 };

/** Failing targets that have details on the page of `--html`. */
const FAILING_MAX = 20;

/** `tentacle-ping HOST HOST ...`, `--targets FILE`, `--all-addresses`: a line for each target, then a summary. @returns the exit status. */
export async function measureManyTargets(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  thresholds: readonly Threshold[],
  version: string,
  environment: Environment,
): Promise<number> {
  const file = parsed.value('targets');
  const list = listTargets(
    positionals,
    file === undefined ? undefined : { name: file, text: await readTargetFile(file) },
  );
  rejectContradictions(parsed, list);
  const loadProfile = parseLoadProfile(parsed, DEFAULTS);
  requireOpenFiles(loadProfile.concurrency);
  const identity = await loadClientIdentity(parsed, environment);
  const targetOptions = await optionsOfTargets(list, parsed, loadProfile, environment);
  const deadline = parsed.value('deadline');
  const stop = abortAfter(environment.stop, deadline === undefined ? undefined : parseDuration(deadline, '--deadline'));
  setMaxListeners(0, stop);
  const isPerAddress = parsed.flag('all-addresses');
  const targets = isPerAddress
    ? (await Promise.all(targetOptions.map(async (options) => optionsOfAddresses(options, stop)))).flat()
    : targetOptions;

  const output = await ReportOutput.open(parsed, version, environment);
  const isJson = parsed.flag('json');
  const isCsv = parsed.flag('csv');
  const write = progressWriter({ parsed, environment });
  const widest = Math.max(6, ...targets.map((target) => targetName(target).length));
  const { concurrency } = loadProfile;
  if (isCsv) environment.stdout(targetsCsvHead());
  const rows = targetRows(widest, environment);
  const { width } = environment;
  write(`${wrap(`${count(targets.length, 'target')}, ${concurrency} at a time`, '', '', width)}\n`);
  write(`${wrap(styled('dim', `your thumbprint ${identity.thumbprint}`), '', '', width)}\n`);
  write(rows.head);
  const startedAt = new Date().toISOString();
  // In the order of the targets; they are printed in the order in which they end.
  const byTarget: (TargetLine | undefined)[] = targets.map(() => undefined);
  // Whole reports are kept only for the addresses of a name, of which there are few.
  const reportsByTarget: (Report | undefined)[] = [];
  const failing: Report[] = [];
  const eventLoopDelay = new EventLoopDelay();
  const statuses: number[] = [];
  const live = new LiveTargets(targets, environment);
  const printInOrder = inOrder((report: Report) => {
    if (isJson) output.printJson(report);
    if (isCsv) environment.stdout(targetCsvRow(report));
  });
  const onReport = (measured: Report, index: number): void => {
    const report = withThresholds(measured, thresholds);
    const line = targetLine(report);
    if (!(isPerAddress && hasNoRoute(line))) statuses.push(statusOfAttempts(report));
    byTarget[index] = line;
    live.ended(index, line);
    if (isPerAddress) reportsByTarget[index] = report;
    if (output.hasPage && report.verdict.id !== 'ok' && failing.length < FAILING_MAX) failing.push(report);
    output.addMetrics(report);
    // Reports wait here for those of slower targets before them.
    if (isJson || isCsv) printInOrder(index, report);
    write(rows.row(isPerAddress ? line : withoutAddress(line)));
  };
  const { onSession } = live;
  await measureTargets({ targets, concurrency, identity, version, onReport, onSession, stop }).finally(live.stop);
  const lines = byTarget.filter((line) => line !== undefined);
  const reports = reportsByTarget.filter((one) => one !== undefined);
  const report: TargetsReport = omitUndefined({
    schema: 'tentacle-ping/targets/1',
    tool: { name: 'tentacle-ping', version },
    startedAt,
    endedAt: new Date().toISOString(),
    requested: targets.length,
    targets: lines,
    verdicts: countVerdicts(lines),
    verdict: addressesVerdict(reports, lines),
    busyP99Us: eventLoopDelay.endP99Us(),
  });
  if (isJson) output.printJson(report);
  else (isCsv ? environment.stderr : environment.stdout)(targetsText(report, environment));
  await output.writeMetrics();
  await output.writePage({ report, failing }, async () => (await import('../../pages/targets-page.js')).targetsPages);
  return output.status(statusOfTargets(statuses, lines.length === targets.length));
}

/** Hands over items in the order of their indexes, each as soon as it and all before it are there: files can be compared. */
function inOrder<Item>(handOver: (item: Item) => void): (index: number, item: Item) => void {
  const early = new Map<number, Item>();
  let next = 0;
  return (index, item) => {
    early.set(index, item);
    for (let one = early.get(next); one !== undefined; one = early.get(next)) {
      early.delete(next++);
      handOver(one);
    }
  };
}

/** 0 where all targets are well, 1 where none is, 3 otherwise. */
function statusOfTargets(statuses: readonly number[], isComplete: boolean): number {
  const well = statuses.filter((status) => status === ExitStatus.OK).length;
  if (isComplete && well > 0 && well === statuses.length) return ExitStatus.OK;
  return statuses.every((status) => status === ExitStatus.FAILED) ? ExitStatus.FAILED : ExitStatus.PARTIAL;
}

function rejectContradictions(parsed: ParsedOptions, list: readonly ListedTarget[]): void {
  if (parsed.value('idle') !== undefined)
    throw new UsageError('--idle measures one host at one address; leave out the other targets');
  rejectDataForMany(parsed);
  if (list.length === 0) throw new UsageError('a host is missing; use tentacle-ping HOST[:PORT] --all-addresses');
  if (parsed.flag('all-addresses')) {
    if (parsed.value('metrics-file') !== undefined)
      throw new UsageError(
        '--metrics-file has one result for each target; use it without --all-addresses, and with --address for one address',
      );
    if (parsed.value('address') !== undefined)
      throw new UsageError('--all-addresses and --address exclude each other; use one of them');
    if (parsed.value('proxy') !== undefined)
      throw new UsageError(
        '--all-addresses has no effect with --proxy, because the proxy resolves the name itself; omit one of them',
      );
    return;
  }
  if (parsed.value('address') !== undefined && list.length > 1)
    throw new UsageError('--address applies to a single target; leave it out, or name one target');
  if (parsed.value('thumbprint') !== undefined && list.length > 1)
    throw new UsageError(
      'each Tentacle has its own thumbprint; write the thumbprints after the hosts in the file of --targets',
    );
  if (parsed.value('pong-key') !== undefined && list.length > 1)
    throw new UsageError('each tentacle-pong has its own key; use --pong-key with one target');
}

/** The options of each target: one attempt at a time, without the deadline, which applies to the whole run. */
async function optionsOfTargets(
  list: readonly ListedTarget[],
  parsed: ParsedOptions,
  loadProfile: LoadProfile,
  { env, askHidden }: Environment,
): Promise<RunOptions[]> {
  const [first] = list;
  if (first === undefined) return [];
  const environment = {
    // All variables are searched for each target, and most of them have nothing to do with proxies.
    env: Object.fromEntries(Object.entries(env).filter(([name]) => /proxy/i.test(name))),
    askHidden: askHidden === undefined ? undefined : askOnce(askHidden),
  };
  const { deadlineUs: _, ...common } = runOptionsFor(first, parsed, { ...loadProfile, concurrency: 1 });
  const all: RunOptions[] = [];
  for (const target of list) all.push(await resolveProxy({ ...common, ...target }, parsed, environment));
  return all;
}

/** The proxy is the same for all targets: one question is enough. */
function askOnce(ask: AskHidden): AskHidden {
  const answers = new Map<string, ReturnType<AskHidden>>();
  return (question) => {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  };
}

/** The options for each address of a name. An address is itself; a name that cannot be resolved is left to its attempt, which reports it. */
async function optionsOfAddresses(options: RunOptions, stop: AbortSignal): Promise<RunOptions[]> {
  const { family, ...rest } = options;
  if (literalAddress(options.host) !== undefined) return [options];
  try {
    const addresses = await resolveName(options.host, family, Deadline.inUs(options.timeoutUs), stop);
    return addresses.map(({ address }) => Object.freeze({ ...rest, address }));
  } catch {
    return [options];
  }
}

function withoutAddress({ address: _, ...line }: TargetLine): TargetLine {
  return line;
}
