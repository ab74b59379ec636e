import type { CheckGroupDefinition } from './check-context.js';
import { addressesGroup } from './addresses/addresses-group.js';
import { firewallGroup } from './firewall/firewall-group.js';
import { localGroup } from './local/local-group.js';
import { portGroup } from './port/port-group.js';

/** The groups of checks, in the order in which they are shown. */
export const checkGroups: readonly CheckGroupDefinition[] = [portGroup, localGroup, addressesGroup, firewallGroup];
