import type { AddCheck } from '../check-context.js';
import { configurationFindings } from '../../diagnostics/checks/configuration.js';
import type { TentacleInstance } from './configuration.js';
import { isWildcard } from '../../host/addresses.js';
import { instanceOption } from './instance-option.js';

/** Adds a check for each port that several instances listen on at addresses that overlap. */
export function checkSharedPorts(instances: readonly TentacleInstance[], add: AddCheck): void {
  const listening = instances.filter(({ listens }) => listens);
  const reported = new Set<number>();
  for (const instance of listening) {
    const rivals = listening.filter((other) => overlap(instance, other));
    if (rivals.length < 2 || reported.has(instance.port)) continue;
    reported.add(instance.port);
    const last = rivals.at(-1) ?? instance;
    add(
      configurationFindings.sharedPort.check(
        {
          instance: last.name,
          option: instanceOption(last),
          names: rivals.map(({ name }) => name),
          port: instance.port,
        },
        rivals.map(
          ({ name, bind, port, configFile }) => `${name}: ${bind ?? 'all addresses'}, port ${port} (${configFile})`,
        ),
      ),
    );
  }
}

/** Two listeners on one port exclude each other where one of them takes all addresses, or both the same one. */
function overlap(one: TentacleInstance, other: TentacleInstance): boolean {
  if (one.port !== other.port) return false;
  return isWildcard(one.bind) || isWildcard(other.bind) || one.bind === other.bind;
}
