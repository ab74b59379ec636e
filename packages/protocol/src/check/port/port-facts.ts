import type { PortUse } from '../../host/port-listeners.js';
import type { PortRules } from '../../host/port-rules.js';

/** What uses a port, and what the system keeps it for. */
export interface PortFacts {
  readonly use: PortUse;
  readonly rules: PortRules;
}
