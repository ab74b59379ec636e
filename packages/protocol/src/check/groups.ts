import type { CheckGroupDefinition } from './check-context.js';
import { endpointsGroup } from './endpoints/endpoints-group.js';
import { policyGroup } from './policy/policy-group.js';
import { portGroup } from './port/port-group.js';

/** The groups of checks, in the order in which they are shown. */
export const checkGroups: readonly CheckGroupDefinition[] = [portGroup, endpointsGroup, policyGroup];
