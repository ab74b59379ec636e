import type { Check } from '../../diagnostics/checks/check.js';
import { addOptionToTentacleCommands, TENTACLE_LOG } from '../../diagnostics/product-commands.js';
import type { Step } from '../../diagnostics/step.js';
import type { TentacleInstance } from './configuration.js';
import { instanceOption } from './instance-option.js';

/** The folder of a log that a command can name without a mark that a shell reads. */
const PLAIN = /^[\w.:/\\-]+$/;

/** The check, whose steps name the instance and its log; unchanged where it is not known which instance it is about. */
export function forInstance(check: Check, instances: readonly TentacleInstance[]): Check {
  const [instance, another] = instances;
  if (instance === undefined || another !== undefined) return check;
  const option = instanceOption(instance);
  return { ...check, next: check.next.map((step) => logOf(instance, addOptionToTentacleCommands(step, option))) };
}

function logOf({ homeFolder = '' }: TentacleInstance, step: Step): Step {
  if (step.windows !== TENTACLE_LOG.windows || !PLAIN.test(homeFolder)) return step;
  const isWindows = homeFolder.includes('\\');
  const command = isWindows
    ? { windows: `Get-Content -Tail 100 ${homeFolder}\\Logs\\OctopusTentacle.txt` }
    : { linux: `sudo tail -n 100 ${homeFolder}/Logs/OctopusTentacle.txt` };
  return { ...step, ...command };
}
