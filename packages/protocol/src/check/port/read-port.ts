import { readPortUse } from '../../host/port-listeners.js';
import { readPortRules } from '../../host/port-rules.js';
import type { Host } from '../host.js';
import type { PortFacts } from './port-facts.js';
import { readWindowsPort } from './windows-port.js';

/** Reads what uses a port of the host. Returns the reason where they could not be read. */
export async function readPort(host: Host, port: number): Promise<PortFacts | string> {
  switch (host.platform) {
    case 'linux': {
      const [use, rules] = await Promise.all([readPortUse(port, host.fileRoot), readPortRules(host.fileRoot)]);
      return use === undefined ? '/proc/net/tcp is not readable' : { use, rules };
    }
    case 'win32':
      return readWindowsPort(host.run, port);
    default:
      return `a way to read the sockets of ${host.platform}`;
  }
}
