import { readPortUse } from '../../host/port-listeners.js';
import { readPortRules } from '../../host/port-rules.js';
import type { Host } from '../host.js';
import type { PortFacts } from './port-facts.js';
import { readWindowsPort } from './windows-port.js';

/** What was read for a host: two groups ask for the same port. */
const known = new WeakMap<Host, Map<number, Promise<PortFacts | string>>>();

/** Returns what uses a port of the host, or the reason why it could not be read. It is read once for each host. */
export async function readPort(host: Host, port: number): Promise<PortFacts | string> {
  const ports = known.get(host) ?? new Map<number, Promise<PortFacts | string>>();
  known.set(host, ports);
  const facts = ports.get(port) ?? readNow(host, port);
  ports.set(port, facts);
  return facts;
}

async function readNow(host: Host, port: number): Promise<PortFacts | string> {
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
