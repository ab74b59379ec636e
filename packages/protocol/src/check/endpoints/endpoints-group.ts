import { readTrustStore } from '../../identity/trust-store.js';
import type { TrustStore } from '../../identity/web-certificate.js';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { listEndpoints } from './list-endpoints.js';
import { testEndpoint } from './test-endpoint.js';
import { sharedNames } from './shared-names.js';

/** Endpoints that are tested at a time: as many connections as no device takes for an attack. */
const CONCURRENCY = 32;

/** One endpoint takes at most 5 s to connect and 3 s to respond, and the checks of a healthy host less than ten. */
const TIMEOUT_MS = 9000;

/** With 35 s of idleness. */
const SLOW_TIMEOUT_MS = 60_000;

/** Every endpoint that this host needs. */
export const endpointsGroup: CheckGroupDefinition = {
  name: 'endpoints',
  title: 'Endpoints',
  timeoutMs: ({ options, inputs }) => {
    const rounds = Math.ceil((inputs.targets?.targets.length ?? 0) / CONCURRENCY);
    return (options.slow ? SLOW_TIMEOUT_MS : TIMEOUT_MS) + rounds * TIMEOUT_MS;
  },
  run: async (context, add) => testEndpoints(context, add, readTrustStore()),
};

/** Tests all endpoints, several at a time. @param store the authorities that web clients on this host trust. */
export async function testEndpoints(context: CheckContext, add: AddCheck, store: TrustStore): Promise<void> {
  const { endpoints, checks } = await listEndpoints(context);
  for (const check of checks) add(check);
  const { signal } = context;
  const nodesByHost = new Map<string, readonly string[]>();
  let begun = 0;
  const work = async (): Promise<void> => {
    for (let index = begun++; !signal.aborted; index = begun++) {
      const endpoint = endpoints[index];
      if (endpoint === undefined) return;
      const result = await testEndpoint(endpoint, { store, isSlow: context.options.slow, signal });
      for (const check of result.checks) add(check);
      if (result.nodes.length > 0) nodesByHost.set(endpoint.host, result.nodes);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, endpoints.length) }, work));
  for (const check of sharedNames(endpoints, nodesByHost)) add(check);
}
