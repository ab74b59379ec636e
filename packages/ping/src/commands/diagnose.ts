import type { Environment, ParsedCommand } from 'tentacle-protocol';
import { diagnose } from '../diagnose/diagnose.js';
import type { TakenStep } from '../diagnose/diagnosis.js';
import { ownIdentity } from '../own-identity.js';
import { planOf } from '../plan.js';
import { conclusion, stepLine } from '../reporters/diagnosis.js';
import { withProxy } from '../with-proxy.js';

/** Runs `tentacle-ping diagnose HOST`: prints each step as it finishes, then the conclusion. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const plan = await withProxy(planOf(positionals, options), options, environment);
  const identity = await ownIdentity(options, environment);
  const json = options.flag('json');
  const printStep = json ? environment.stderr : environment.stdout;
  const onStep = options.flag('quiet') ? () => undefined : (step: TakenStep) => printStep(stepLine(step));
  const diagnosis = await diagnose(plan, identity, version, onStep, environment.stop);
  environment.stdout(json ? `${JSON.stringify(diagnosis)}\n` : conclusion(diagnosis));
  return diagnosis.verdict.id === 'ok' ? 0 : 1;
}
