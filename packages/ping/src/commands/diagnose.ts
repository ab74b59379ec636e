import type { Asked } from 'tentacle-protocol';
import { diagnose } from '../diagnose/diagnose.js';
import type { TakenStep } from '../diagnose/diagnosis.js';
import { ownIdentity } from '../own-identity.js';
import { planOf } from '../plan.js';
import { conclusion, stepLine } from '../reporters/diagnosis.js';
import { withProxy } from '../with-proxy.js';
import type { Io } from './command.js';

/** Runs `tentacle-ping diagnose HOST`: prints each step as it finishes, then the conclusion. */
export async function run({ words, given }: Asked & { kind: 'run' }, version: string, io: Io): Promise<number> {
  const plan = await withProxy(planOf(words, given), given, io);
  const identity = await ownIdentity(given, io);
  const json = given.has('json');
  const printStep = json ? io.stderr : io.stdout;
  const onStep = given.has('quiet') ? () => undefined : (step: TakenStep) => printStep(stepLine(step));
  const diagnosis = await diagnose(plan, identity, version, onStep, io.stop);
  io.stdout(json ? `${JSON.stringify(diagnosis)}\n` : conclusion(diagnosis));
  return diagnosis.verdict.id === 'ok' ? 0 : 1;
}
