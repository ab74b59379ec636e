import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import { type Endpoint, endpointName } from './endpoint.js';

/** A warning for each polling port under a name at which the portal was answered by several nodes. */
export function sharedNames(
  endpoints: readonly Endpoint[],
  nodesByHost: ReadonlyMap<string, readonly string[]>,
): Check[] {
  return endpoints.flatMap((endpoint) => {
    const nodes = nodesByHost.get(endpoint.host) ?? [];
    if (endpoint.use !== 'polling' || endpoint.onlyFor !== undefined || nodes.length < 2) return [];
    const facts = { name: endpointName(endpoint), through: '', nodes: nodes.length };
    return [endpointFindings.sharedName.check(facts, [`nodes: ${nodes.join(', ')}`])];
  });
}
