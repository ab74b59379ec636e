import { addressFindings } from './addresses.js';
import { configurationFindings } from './configuration.js';
import type { Finding } from './finding.js';
import { firewallFindings } from './firewall.js';
import { homeFindings } from './home.js';
import { localFindings } from './local.js';
import { endpointFindings } from './endpoints.js';
import { policyFindings } from './policy.js';
import { portFindings } from './port.js';
import { runFindings } from './run.js';
import { tentacleFindings } from './tentacle.js';

/** Everything that checks can find, by group. */
export const findings: readonly Finding[] = [
  ...Object.values(configurationFindings),
  ...Object.values(portFindings),
  ...Object.values(localFindings),
  ...Object.values(addressFindings),
  ...Object.values(firewallFindings),
  ...Object.values(homeFindings),
  ...Object.values(tentacleFindings),
  ...Object.values(endpointFindings),
  ...Object.values(policyFindings),
  ...Object.values(runFindings),
];
