import { program } from '../components.js';
import { Lab } from './lab.js';
import { missingNamespaces } from './network.js';
import { binary } from './programs.js';
import type { Path, Scenario, Variant } from './scenario.js';

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
}

/** Sets up one variant, runs ping and diagnose against it, and ends it. */
export async function runVariant(scenario: Scenario, variant: Variant): Promise<VariantOutcome> {
  const lab = await Lab.open();
  try {
    const path = await variant.start(lab);
    const measured = await run(lab, path, path.measureArgs ?? ['--count', '2', '--interval', '50ms']);
    const diagnosed = await run(lab, path, [], 'diagnose');
    const isCorrect =
      [scenario.measured, scenario.alternative].some((id) => id === measured.id) &&
      [scenario.diagnosed ?? scenario.measured, scenario.alternative].some((id) => id === diagnosed.id) &&
      (scenario.hasOneCause !== true || diagnosed.certainty === 'conclusive') &&
      hasExpectedWarnings(diagnosed.warnings, scenario.warnings, scenario) &&
      hasExpectedWarnings(measured.warnings, scenario.measuredWarnings, scenario);
    return { scenario, variant: variant.name, measured, diagnosed, isCorrect };
  } finally {
    await lab.end();
  }
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

async function run(lab: Lab, path: Path, args: readonly string[], command?: string): Promise<Result> {
  const env = { XDG_CONFIG_HOME: lab.directory, ...path.env };
  const ping = [...(path.prefix ?? []), process.execPath, binary('ping'), ...(command === undefined ? [] : [command])];
  const component = lab.start([...ping, ...path.args, ...args, '--json', '--quiet'], env);
  await new Promise((resolve) => component.process.once('close', resolve));
  try {
    const { verdict, warnings = [] } = JSON.parse(component.output.stdout) as {
      verdict: { id: string; certainty: { kind: string } };
      warnings?: { id: string }[];
    };
    return { id: verdict.id, warnings: warnings.map(({ id }) => id), certainty: verdict.certainty.kind };
  } catch {
    return { id: `no report: ${component.output.stderr.trim()}`, warnings: [] };
  }
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
