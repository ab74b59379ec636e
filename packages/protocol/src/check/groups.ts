import { addressesGroup } from './addresses/addresses-group.js';
import type { CheckGroupDefinition } from './check-context.js';
import { configurationGroup } from './configuration/configuration-group.js';
import { firewallGroup } from './firewall/firewall-group.js';
import { homeGroup } from './home/home-group.js';
import { localGroup } from './local/local-group.js';
import { endpointsGroup } from './endpoints/endpoints-group.js';
import { policyGroup } from './policy/policy-group.js';
import { portGroup } from './port/port-group.js';
import { tentacleGroup } from './tentacle/tentacle-group.js';

/** The groups of checks, in the order in which they are shown. */
export const checkGroups: readonly CheckGroupDefinition[] = [
  configurationGroup,
  portGroup,
  localGroup,
  addressesGroup,
  endpointsGroup,
  firewallGroup,
  homeGroup,
  tentacleGroup,
  policyGroup,
];
