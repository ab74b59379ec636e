import type { Check } from '../../diagnostics/checks/check.js';
import { addOptionToTentacleCommands, TENTACLE_LOG } from '../../diagnostics/product-commands.js';
import { isPlainWord, quoteWord } from '../../diagnostics/quote-word.js';
import type { Step } from '../../diagnostics/step.js';
import type { TentacleInstance } from './configuration.js';
import { instanceOption } from './instance-option.js';
import { logPath } from './log-path.js';

/** The check, whose steps name the instance and its log; unchanged where it is not known which instance it is about. */
export function forInstance(check: Check, instances: readonly TentacleInstance[]): Check {
  const [instance, another] = instances;
  if (instance === undefined || another !== undefined) return check;
  const option = instanceOption(instance);
  return { ...check, next: check.next.map((step) => logOf(instance, addOptionToTentacleCommands(step, option))) };
}

function logOf(instance: TentacleInstance, step: Step): Step {
  const path = logPath(instance);
  if (step.windows !== TENTACLE_LOG.windows || path === undefined || !isPlainWord(path)) return step;
  const file = quoteWord(path, 'FILE');
  const command = path.includes('\\')
    ? { windows: `Get-Content -Tail 100 ${file}` }
    : { linux: `sudo tail -n 100 ${file}` };
  return { ...step, ...command };
}
