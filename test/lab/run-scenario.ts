import { program } from '../components.js';
import { type Component, Lab } from './lab.js';
import { missingNamespaces } from './network.js';
import { binary } from './programs.js';
import type { Path, PollingPath, Scenario, Variant } from './scenario.js';

/** The results of one variant of a scenario. */
export interface VariantOutcome {
  readonly scenario: Scenario;
  readonly variant: string;
  readonly measured: Result;
  readonly diagnosed: Result;
  readonly isCorrect: boolean;
}

/** The conclusion of one of the two commands. */
export interface Result {
  readonly id: string;
  readonly warnings: readonly string[];
  /** `ambiguous`: several causes remain. */
  readonly certainty?: string;
  readonly pattern?: string;
  /** Further failures of a diagnosis. */
  readonly findings?: readonly string[];
  /** What pong recorded of failed attempts: every count above 0. */
  readonly recorded?: readonly string[];
}

/** Sets up one variant, runs both commands against it, and ends it. */
export async function runVariant(scenario: Scenario, variant: Variant): Promise<VariantOutcome> {
  const lab = await Lab.open();
  try {
    const path = await variant.start(lab);
    const { measured, diagnosed } = 'poll' in path ? await poll(path) : await pingAndDiagnose(lab, path);
    const isCorrect = isExpected(scenario, measured, diagnosed);
    return { scenario, variant: variant.name, measured, diagnosed, isCorrect };
  } finally {
    await lab.end();
  }
}

function isExpected(scenario: Scenario, measured: Result, diagnosed: Result): boolean {
  const { measuredCertainty, pattern, recorded, findings = [] } = scenario;
  return (
    [scenario.measured, scenario.alternative].some((id) => id === measured.id) &&
    [scenario.diagnosed ?? scenario.measured, scenario.alternative].some((id) => id === diagnosed.id) &&
    (scenario.hasOneCause !== true || diagnosed.certainty === 'conclusive') &&
    (measuredCertainty === undefined || measured.certainty === measuredCertainty) &&
    (pattern === undefined || measured.pattern === pattern) &&
    (recorded === undefined || isRecordedAs(measured, recorded)) &&
    findings.every((id) => diagnosed.findings?.includes(id) === true) &&
    hasExpectedWarnings(diagnosed.warnings, scenario.warnings, scenario) &&
    hasExpectedWarnings(measured.warnings, scenario.measuredWarnings, scenario)
  );
}

function isRecordedAs({ recorded = [] }: Result, expected: readonly string[]): boolean {
  return recorded.length > 0 && recorded.every((count) => expected.includes(count));
}

/** Whether the expected warnings are present; a healthy path must have no others. */
function hasExpectedWarnings(
  actual: readonly string[],
  expected: readonly string[] = [],
  { measured, diagnosed }: Scenario,
): boolean {
  const isHealthy = measured === 'ok' && (diagnosed ?? 'ok') === 'ok';
  return expected.every((id) => actual.includes(id)) && (!isHealthy || actual.every((id) => expected.includes(id)));
}

interface BothResults {
  readonly measured: Result;
  readonly diagnosed: Result;
}

async function pingAndDiagnose(lab: Lab, path: Path): Promise<BothResults> {
  const { measureArgs = ['--count', '2', '--interval', '50ms'], whileMeasuring } = path;
  const ping = start(lab, path, [...measureArgs, ...(whileMeasuring === undefined ? ['--quiet'] : [])]);
  const ended = endOf(ping);
  await whileMeasuring?.(ping);
  await ended;
  const diagnose = start(lab, path, ['--quiet'], 'diagnose');
  await endOf(diagnose);
  return { measured: resultOf(ping), diagnosed: resultOf(diagnose) };
}

/** Waits until the run is complete, then stops the poller before the server, so that it does not lose its connection. */
async function poll({ listen, poll, isComplete }: PollingPath): Promise<BothResults> {
  const [polled, listened] = [endOf(poll), listen === undefined ? undefined : endOf(listen)];
  await (isComplete ?? Promise.race([polled, listened ?? polled]));
  poll.process.kill('SIGINT');
  await polled;
  const diagnosed = resultOf(poll);
  if (listen === undefined) return { measured: diagnosed, diagnosed };
  listen.process.kill('SIGINT');
  await listened;
  return { measured: resultOf(listen), diagnosed };
}

function start(lab: Lab, path: Path, args: readonly string[], command?: string): Component {
  const env = { XDG_CONFIG_HOME: lab.directory, ...path.env };
  const ping = [...(path.prefix ?? []), process.execPath, binary('ping'), ...(command === undefined ? [] : [command])];
  return lab.start([...ping, ...path.args, ...args, '--json'], env);
}

async function endOf({ process }: Component): Promise<void> {
  await new Promise((resolve) => process.once('close', resolve));
}

/** The parts of the four kinds of report that scenarios compare. */
interface Document {
  readonly verdict: { readonly id: string; readonly certainty: { readonly kind: string } };
  readonly warnings?: readonly { readonly id: string }[];
  readonly failurePattern?: string;
  readonly otherFindings?: readonly { readonly id: string }[];
  readonly otherEnd?: { readonly failures?: readonly Record<string, unknown>[] };
}

/** Reads a report, which is the last line of the output. */
function resultOf({ output }: Component): Result {
  try {
    const document = JSON.parse(output.stdout.trimEnd().split('\n').at(-1) ?? '') as Document;
    const { verdict, warnings = [], failurePattern, otherFindings, otherEnd } = document;
    return {
      id: verdict.id,
      warnings: warnings.map(({ id }) => id),
      certainty: verdict.certainty.kind,
      ...(failurePattern === undefined ? {} : { pattern: failurePattern }),
      ...(otherFindings === undefined ? {} : { findings: otherFindings.map(({ id }) => id) }),
      ...(otherEnd?.failures === undefined ? {} : { recorded: countsOf(otherEnd.failures) }),
    };
  } catch {
    return { id: `no report: ${output.stderr.trim()}`, warnings: [] };
  }
}

function countsOf(failures: readonly Record<string, unknown>[]): string[] {
  const counts = failures.flatMap((failure) =>
    Object.keys(failure).filter((key) => key !== 'of' && typeof failure[key] === 'number' && failure[key] > 0),
  );
  return [...new Set(counts)];
}

const cache = new Map<string, string | undefined>();

/** Returns why a scenario cannot be set up on this machine; undefined if it can. */
export function missingRequirement({ needs }: Scenario): string | undefined {
  for (const need of needs) {
    if (!cache.has(need)) cache.set(need, need === 'namespaces' ? missingNamespaces() : program(need).missing);
    const reason = cache.get(need);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
