import { binary, Lab } from './lab.js';
import type { Path, Scenario, Variant } from './scenario.js';

/** What one variant of a scenario gave. */
export interface Given {
  readonly scenario: Scenario;
  readonly variant: string;
  readonly measured: string;
  readonly diagnosed: string;
  readonly warnings: readonly string[];
  readonly right: boolean;
}

/** Set one variant up, run ping and diagnose against it, and end it. */
export async function runVariant(scenario: Scenario, variant: Variant): Promise<Given> {
  const lab = await Lab.open();
  try {
    const path = await variant.start(lab);
    const measured = await verdict(lab, path, ['--count', '2', '--interval', '50ms', ...(path.measureArgs ?? [])]);
    const diagnosed = await verdict(lab, path, [], 'diagnose');
    const right =
      measured.id === scenario.measured &&
      diagnosed.id === (scenario.diagnosed ?? scenario.measured) &&
      (scenario.warnings ?? []).every((id) => diagnosed.warnings.includes(id)) &&
      // A healthy path gives no false alarm.
      (scenario.measured !== 'ok' || (scenario.warnings ?? []).length > 0 || diagnosed.warnings.length === 0);
    return {
      scenario,
      variant: variant.name,
      measured: measured.id,
      diagnosed: diagnosed.id,
      warnings: diagnosed.warnings,
      right,
    };
  } finally {
    await lab.end();
  }
}

interface Verdict {
  readonly id: string;
  readonly warnings: readonly string[];
}

async function verdict(lab: Lab, path: Path, args: readonly string[], command?: string): Promise<Verdict> {
  const env = { XDG_CONFIG_HOME: lab.directory, ...path.env };
  const ping = [...(path.prefix ?? []), process.execPath, binary('ping'), ...(command === undefined ? [] : [command])];
  const component = lab.start([...ping, ...path.args, ...args, '--json', '--quiet'], env);
  await new Promise((resolve) => component.process.once('close', resolve));
  try {
    const { verdict, warnings = [] } = JSON.parse(component.output.stdout) as {
      verdict: { id: string };
      warnings?: { id: string }[];
    };
    return { id: verdict.id, warnings: warnings.map(({ id }) => id) };
  } catch {
    return { id: `no report: ${component.output.stderr.trim()}`, warnings: [] };
  }
}
