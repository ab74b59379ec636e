import { endpointFindings } from './endpoints.js';
import type { Finding } from './finding.js';
import { policyFindings } from './policy.js';
import { portFindings } from './port.js';
import { runFindings } from './run.js';

/** Everything that checks can find, by group. */
export const findings: readonly Finding[] = [
  ...Object.values(portFindings),
  ...Object.values(endpointFindings),
  ...Object.values(policyFindings),
  ...Object.values(runFindings),
];
