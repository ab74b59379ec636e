import type { Environment, ParsedCommand } from 'tentacle-protocol/cli';
import { diagnose } from '../diagnose/diagnose.js';
import type { DiagnosisStep } from '../diagnose/diagnosis-report.js';
import { loadClientIdentity } from '../options/client-identity.js';
import { parseRunOptions } from '../options/run-options.js';
import { conclusionText, stepLine } from '../output/diagnosis.js';
import { resolveProxy } from '../options/resolve-proxy.js';

/** Runs `tentacle-ping diagnose HOST`: prints each step as it finishes, then the conclusion. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const plan = await resolveProxy(parseRunOptions(positionals, options), options, environment);
  const identity = await loadClientIdentity(options, environment);
  const json = options.flag('json');
  const printStep = json ? environment.stderr : environment.stdout;
  const onStep = options.flag('quiet') ? () => undefined : (step: DiagnosisStep) => printStep(stepLine(step));
  const diagnosis = await diagnose(plan, identity, version, onStep, environment.stop);
  environment.stdout(json ? `${JSON.stringify(diagnosis)}\n` : conclusionText(diagnosis));
  return diagnosis.verdict.id === 'ok' ? 0 : 1;
}
