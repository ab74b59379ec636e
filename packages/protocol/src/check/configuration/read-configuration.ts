import type { CheckOptions } from '../../cli/check-options.js';
import type { Host } from '../host.js';
import type { Configuration } from './configuration.js';

/** Reads what is configured on this host. It changes nothing, and never throws. */
export async function readConfiguration(host: Host, options: CheckOptions): Promise<Configuration> {
  // To come: instances of this host.
  return Promise.resolve({ instances: [], unread: [], ...(host.fileRoot === options.configFile ? {} : {}) });
}
