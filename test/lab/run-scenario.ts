import { program } from '../components.js';
import { Lab } from './lab.js';
import { missingNamespaces } from './network.js';
import { binary } from './programs.js';
import type { Path, Scenario, Variant } from './scenario.js';

/** What one variant of a scenario gave. */
export interface Given {
  readonly scenario: Scenario;
  readonly variant: string;
  readonly measured: Result;
  readonly diagnosed: Result;
  readonly right: boolean;
}

/** What one of the two commands concluded. */
export interface Result {
  readonly id: string;
  readonly warnings: readonly string[];
  /** `one-of`: several causes are left. */
  readonly certainty?: string;
}

/** Set one variant up, run ping and diagnose against it, and end it. */
export async function runVariant(scenario: Scenario, variant: Variant): Promise<Given> {
  const lab = await Lab.open();
  try {
    const path = await variant.start(lab);
    const measured = await run(lab, path, path.measureArgs ?? ['--count', '2', '--interval', '50ms']);
    const diagnosed = await run(lab, path, [], 'diagnose');
    const right =
      [scenario.measured, scenario.orElse].some((id) => id === measured.id) &&
      [scenario.diagnosed ?? scenario.measured, scenario.orElse].some((id) => id === diagnosed.id) &&
      (scenario.settled !== true || diagnosed.certainty === 'sure') &&
      isRight(diagnosed.warnings, scenario.warnings, scenario) &&
      isRight(measured.warnings, scenario.measuredWarnings, scenario);
    return { scenario, variant: variant.name, measured, diagnosed, right };
  } finally {
    await lab.end();
  }
}

/** Warnings that must be there; a healthy path has no others. */
function isRight(
  given: readonly string[],
  expected: readonly string[] = [],
  { measured, diagnosed }: Scenario,
): boolean {
  const isHealthy = measured === 'ok' && (diagnosed ?? 'ok') === 'ok';
  return expected.every((id) => given.includes(id)) && (!isHealthy || given.every((id) => expected.includes(id)));
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

const found = new Map<string, string | undefined>();

/** Why a scenario cannot be set up here; undefined when it can. */
export function missingRequirement({ needs }: Scenario): string | undefined {
  for (const need of needs) {
    if (!found.has(need)) found.set(need, need === 'namespaces' ? missingNamespaces() : program(need).missing);
    const why = found.get(need);
    if (why !== undefined) return why;
  }
  return undefined;
}
