import { TENTACLE_PORT } from '../../cli/target.js';
import type { CheckContext } from '../check-context.js';
import type { TentacleInstance } from '../configuration/configuration.js';

/** A port to check, with the instances that listen on it by their configuration. */
export interface CheckedPort {
  readonly port: number;
  readonly instances: readonly TentacleInstance[];
}

/**
 * Returns the port of `--port`, else those of the configured instances, else the default one; none where all instances poll.
 */
export async function readCheckedPorts({ options, configuration }: CheckContext): Promise<readonly CheckedPort[]> {
  const { instances } = await configuration;
  const listening = instances.filter(({ listens }) => listens);
  const configured = instances.length === 0 ? [TENTACLE_PORT] : listening.map(({ port }) => port);
  const ports = options.port === undefined ? new Set(configured) : [options.port];
  return [...ports].map((port) => ({ port, instances: listening.filter((instance) => instance.port === port) }));
}
