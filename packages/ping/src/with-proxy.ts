import { chooseProxy, type Given } from 'tentacle-protocol';
import type { Io } from './commands/command.js';
import type { Plan } from './plan.js';

/**
 * The plan with its way: directly or through a proxy, by the options and the environment.
 * @throws UsageError for what cannot be used, in one line that holds no password.
 */
export async function withProxy(
  plan: Plan,
  given: Given,
  { surroundings, askHidden }: Pick<Io, 'surroundings' | 'askHidden'>,
): Promise<Plan> {
  return Object.freeze({ ...plan, way: await chooseProxy(given, plan, surroundings, askHidden) });
}
