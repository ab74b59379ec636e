import type { TentacleInstance } from '../configuration/configuration.js';
import { pathsOf } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import { findLinuxServices } from './linux-services.js';
import type { FoundServices, TentacleService } from './service.js';
import { findWindowsServices } from './windows-services.js';

/** Searches that several groups of one run share: PowerShell takes seconds to start. */
const searches = new WeakMap<Host, Promise<FoundServices>>();

/** Finds the services and processes of this host that run a Tentacle. */
export async function findServices(host: Host): Promise<FoundServices> {
  const found = searches.get(host) ?? search(host);
  searches.set(host, found);
  return found;
}

async function search(host: Host): Promise<FoundServices> {
  if (host.platform === 'win32') return findWindowsServices(host);
  if (host.platform === 'linux') return findLinuxServices(host);
  return { kind: 'unknown', why: `services of ${host.platform} are not known to this tool` };
}

/**
 * Returns the service that runs an instance: the one that names it or its file. A service that names neither runs the default
 * instance.
 */
export function serviceOf(
  { name, configFile }: Pick<TentacleInstance, 'name' | 'configFile'>,
  services: readonly TentacleService[],
  host: Pick<Host, 'platform'>,
): TentacleService | undefined {
  const paths = pathsOf(host);
  const runs = services.filter((service) => {
    if (service.configFile !== undefined) return paths.normalize(service.configFile) === paths.normalize(configFile);
    return (service.instance ?? 'Tentacle').toLowerCase() === name.toLowerCase();
  });
  return runs.find(({ isRunning }) => isRunning) ?? runs[0];
}
