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
  toJsonLine,
  wrap,
} from 'tentacle-protocol/cli';
import { EventLoopDelay } from '../../session/event-loop-delay.js';
import { rejectDataForMany } from '../../options/data-options.js';
import type { Report } from '../../report/report.js';
import { loadClientIdentity } from '../../options/client-identity.js';
import { type RunOptions, runOptionsFor } from '../../options/run-options.js';
import { targetName, targetRows, targetsText } from '../../output/targets-text.js';
import { type LoadProfile, parseLoadProfile } from '../../options/load-profile.js';
import { requireOpenFiles } from '../../options/require-open-files.js';
import { measureTargets } from '../../measurements/targets/measure-targets.js';
import { readTargetFile } from '../../measurements/targets/read-target-file.js';
import { type ListedTarget, listTargets } from '../../measurements/targets/list-targets.js';
import {
  areHealthy,
  countVerdicts,
  type TargetLine,
  type TargetsReport,
  targetLine,
  addressesVerdict,
} from '../../measurements/targets/targets-report.js';
import { resolveProxy } from '../../options/resolve-proxy.js';
import { progressWriter } from './measure-run.js';

/** One attempt shows whether a target works; with more than 32 at a time, one process would measure its own load. */
const DEFAULTS = { count: 1, concurrency: 32 };

/** `tentacle-ping HOST HOST ...`, `--targets FILE`, `--all-addresses`: a line for each target, then a summary. @returns the exit status. */
export async function measureManyTargets(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
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

  const isJson = parsed.flag('json');
  const write = progressWriter({ parsed, environment });
  const widest = Math.max(6, ...targets.map((target) => targetName(target).length));
  const { concurrency } = loadProfile;
  const rows = targetRows(widest, environment);
  const { width } = environment;
  write(`${wrap(`${count(targets.length, 'target')}, ${concurrency} at a time`, '', '', width)}\n`);
  write(`${wrap(styled('dim', `your thumbprint ${identity.thumbprint}`), '', '', width)}\n`);
  write(rows.head);
  const startedAt = new Date().toISOString();
  const lines: TargetLine[] = [];
  // Whole reports are kept only for the addresses of a name, of which there are few.
  const reports: Report[] = [];
  const eventLoopDelay = new EventLoopDelay();
  const onReport = (report: Report): void => {
    const line = targetLine(report);
    lines.push(line);
    if (isPerAddress) reports.push(report);
    if (isJson) environment.stdout(toJsonLine(report));
    write(rows.row(isPerAddress ? line : withoutAddress(line)));
  };
  await measureTargets({ targets, concurrency, identity, version, onReport, stop });
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
  environment.stdout(isJson ? toJsonLine(report) : targetsText(report, environment));
  const isHealthy = lines.length === targets.length && areHealthy(lines, isPerAddress);
  return isHealthy ? ExitStatus.OK : ExitStatus.FAILED;
}

function rejectContradictions(parsed: ParsedOptions, list: readonly ListedTarget[]): void {
  if (parsed.value('idle') !== undefined)
    throw new UsageError('--idle measures one host at one address; leave out the other targets');
  rejectDataForMany(parsed);
  if (list.length === 0) throw new UsageError('a host is missing; use tentacle-ping HOST[:PORT] --all-addresses');
  if (parsed.flag('all-addresses')) {
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
  const environment = { env, askHidden: askHidden === undefined ? undefined : askOnce(askHidden) };
  const all: RunOptions[] = [];
  for (const { thumbprint, ...target } of list) {
    const { deadlineUs: _, ...options } = runOptionsFor(target, parsed, { ...loadProfile, concurrency: 1 });
    const pinned = thumbprint === undefined ? options : { ...options, thumbprint };
    all.push(await resolveProxy(pinned, parsed, environment));
  }
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
