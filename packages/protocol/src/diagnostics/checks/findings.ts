import type { Finding } from './finding.js';
import { addressFindings } from './addresses.js';
import { firewallFindings } from './firewall.js';
import { localFindings } from './local.js';
import { portFindings } from './port.js';
import { runFindings } from './run.js';

/** Everything that checks can find, by group. */
export const findings: readonly Finding[] = [
  ...Object.values(portFindings),
  ...Object.values(localFindings),
  ...Object.values(addressFindings),
  ...Object.values(firewallFindings),
  ...Object.values(runFindings),
];
