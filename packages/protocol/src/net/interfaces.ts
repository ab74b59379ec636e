// eslint-disable-next-line no-restricted-imports -- The one place that reads them.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** The return type of `os.networkInterfaces()`. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Windows fails to list its interfaces while one of them changes; a third time is enough for that. */
const READ_TRIES = 3;

/** Returns this host's interfaces. Empty: the system did not list them, or not even loopback is up. */
export function readInterfaces(): Interfaces {
  for (let tries = 0; tries < READ_TRIES; tries++) {
    try {
      return networkInterfaces();
    } catch {
      // Nothing is known of them, which no caller may report as a host without addresses.
    }
  }
  return {};
}
