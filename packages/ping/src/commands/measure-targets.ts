import { setMaxListeners } from 'node:events';
import { Deadline, literalAddress, resolveName, abortAfter } from 'tentacle-protocol';
import {
  type Environment,
  type AskHidden,
  type ParsedCommand,
  type ParsedOptions,
  parseDuration,
  UsageError,
} from 'tentacle-protocol/cli';
import { EventLoopDelay } from '../session/loop-delay.js';
import { rejectDataForMany } from '../options/data-options.js';
import type { Report } from '../report/report.js';
import { loadClientIdentity } from '../options/client-identity.js';
import { parseLoadProfile } from '../options/load-profile.js';
import { type RunOptions, runOptionsFor } from '../options/run-options.js';
import { targetName, targetRow, targetsHead, targetsReport } from '../output/targets.js';
import type { LoadProfile } from '../options/load-profile.js';
import { measureTargets } from '../measurements/targets/measure-targets.js';
import { readTargetFile } from '../measurements/targets/target-file.js';
import { type ListedTarget, listTargets } from '../measurements/targets/target-list.js';
import {
  countVerdicts,
  type TargetLine,
  type TargetsReport,
  targetLine,
  addressesVerdict,
} from '../measurements/targets/targets-report.js';
import { resolveProxy } from '../options/resolve-proxy.js';

/** One attempt shows whether a target works; with more than 32 at a time, one process would measure its own load. */
const DEFAULTS = { count: 1, concurrency: 32 };

/** `tentacle-ping HOST HOST ...`, `--targets FILE`, `--all-addresses`: a line for each target, then a summary. */
export async function measureManyTargets(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const file = options.value('targets');
  const list = listTargets(
    positionals,
    file === undefined ? undefined : { name: file, text: await readTargetFile(file) },
  );
  rejectContradictions(options, list);
  const pace = parseLoadProfile(options, DEFAULTS);
  const identity = await loadClientIdentity(options, environment);
  const planned = await plansFor(list, options, pace, environment);
  const deadline = options.value('deadline');
  const stop = abortAfter(environment.stop, deadline === undefined ? undefined : parseDuration(deadline, '--deadline'));
  setMaxListeners(0, stop);
  const plans = options.flag('all-addresses')
    ? (await Promise.all(planned.map((plan) => everyAddress(plan, stop)))).flat()
    : planned;

  const json = options.flag('json');
  const quiet = options.flag('quiet');
  const widest = Math.max(6, ...plans.map((plan) => targetName(plan).length));
  const table = json ? environment.stderr : environment.stdout;
  if (!quiet)
    table(
      `PING ${plans.length} targets, ${pace.concurrency} at a time - your thumbprint ${identity.thumbprint}\n${targetsHead(widest)}`,
    );
  const startedAt = new Date().toISOString();
  const lines: TargetLine[] = [];
  // Whole reports are kept only for the addresses of a name, of which there are few.
  const reports: Report[] = [];
  const busy = new EventLoopDelay();
  const onReport = (report: Report): void => {
    const line = targetLine(report);
    lines.push(line);
    if (options.flag('all-addresses')) reports.push(report);
    if (json) environment.stdout(`${JSON.stringify(report)}\n`);
    if (!quiet) table(targetRow(options.flag('all-addresses') ? line : withoutAddress(line), widest));
  };
  await measureTargets({ plans, concurrency: pace.concurrency, identity, version, onReport, stop });
  const verdict = addressesVerdict(reports, lines);
  const report: TargetsReport = {
    schema: 'tentacle-ping/targets/1',
    tool: { name: 'tentacle-ping', version },
    startedAt,
    endedAt: new Date().toISOString(),
    requested: plans.length,
    targets: lines,
    verdicts: countVerdicts(lines),
    ...(verdict === undefined ? {} : { verdict }),
    busyP99Us: busy.endP99Us(),
  };
  environment.stdout(json ? `${JSON.stringify(report)}\n` : targetsReport(report));
  return lines.length === plans.length && lines.every((line) => line.verdict.id === 'ok') ? 0 : 1;
}

function rejectContradictions(options: ParsedOptions, list: readonly ListedTarget[]): void {
  if (options.value('idle') !== undefined) throw new UsageError('--idle measures one host, at one address, at a time');
  rejectDataForMany(options);
  if (list.length === 0) throw new UsageError('no host given; use tentacle-ping HOST[:PORT] --all-addresses');
  if (options.flag('all-addresses')) {
    if (options.value('address') !== undefined)
      throw new UsageError('--all-addresses and --address exclude each other; use one of them');
    if (options.value('proxy') !== undefined)
      throw new UsageError(
        '--all-addresses has no effect with --proxy, because the proxy resolves the name itself; omit one of them',
      );
    return;
  }
  if (options.value('address') !== undefined && list.length > 1)
    throw new UsageError('--address is a single address, but there are several targets');
  if (options.value('thumbprint') !== undefined && list.length > 1)
    throw new UsageError(
      'each Tentacle has its own thumbprint; write the thumbprints after the hosts in the file of --targets',
    );
  if (options.value('pong-key') !== undefined && list.length > 1)
    throw new UsageError('each pong has its own key; use --pong-key with one target');
}

/** A plan for each target: one attempt at a time, without the deadline, which is the run's. */
async function plansFor(
  list: readonly ListedTarget[],
  options: ParsedOptions,
  pace: LoadProfile,
  environment: Environment,
): Promise<RunOptions[]> {
  const { askHidden } = environment;
  const once = askHidden === undefined ? {} : { askHidden: askOnce(askHidden) };
  const plans: RunOptions[] = [];
  for (const { thumbprint, ...target } of list) {
    const { deadlineUs: _, ...plan } = runOptionsFor(target, options, { ...pace, concurrency: 1 });
    plans.push(
      await resolveProxy(thumbprint === undefined ? plan : { ...plan, thumbprint }, options, {
        ...environment,
        ...once,
      }),
    );
  }
  return plans;
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

/** A plan for each address of the name; the plan itself where it is an address, or cannot be resolved, which its attempt will report. */
async function everyAddress(plan: RunOptions, stop: AbortSignal): Promise<RunOptions[]> {
  if (literalAddress(plan.host) !== undefined) return [plan];
  try {
    const addresses = await resolveName(plan.host, plan.family, Deadline.inUs(plan.timeoutUs), stop);
    const { family: _, ...asGiven } = plan;
    return addresses.map(({ address }) => Object.freeze({ ...asGiven, address }));
  } catch {
    return [plan];
  }
}

function withoutAddress({ address: _, ...line }: TargetLine): TargetLine {
  return line;
}
