import { configurationFindings } from './configuration.js';
import type { Finding } from './finding.js';
import { homeFindings } from './home.js';
import { portFindings } from './port.js';
import { runFindings } from './run.js';
import { tentacleFindings } from './tentacle.js';

/** Everything that checks can find, by group. */
export const findings: readonly Finding[] = [
  ...Object.values(configurationFindings),
  ...Object.values(portFindings),
  ...Object.values(homeFindings),
  ...Object.values(tentacleFindings),
  ...Object.values(runFindings),
];
