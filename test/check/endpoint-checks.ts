import { parseServerUrl } from '../../packages/protocol/src/cli/server-url.js';
import type { CheckContext, CheckTargets } from '../../packages/protocol/src/check/check-context.js';
import type { TentacleInstance } from '../../packages/protocol/src/check/configuration/configuration.js';
import { testEndpoints } from '../../packages/protocol/src/check/endpoints/endpoints-group.js';
import type { Check } from '../../packages/protocol/src/diagnostics/index.js';
import type { TrustStore } from '../../packages/protocol/src/identity/web-certificate.js';
import type { HttpProxy } from '../../packages/protocol/src/index.js';

/** What a test of endpoints differs in. */
export interface EndpointsCase {
  /** As `--server` has them. */
  readonly servers?: readonly string[];
  readonly instances?: readonly Partial<TentacleInstance>[];
  readonly proxy?: HttpProxy;
  readonly targets?: CheckTargets;
  readonly side?: 'tentacle' | 'server';
  readonly store?: TrustStore;
  readonly env?: Readonly<Record<string, string>>;
}

const INSTANCE: TentacleInstance = {
  name: 'Tentacle',
  configFile: '/etc/octopus/Tentacle/Tentacle.config',
  listens: false,
  port: 10933,
  servers: [],
};

export const NO_AUTHORITIES: TrustStore = { name: 'an empty store', roots: [] };

/** What checks get, with an empty Linux host by default. */
export function contextOf(given: EndpointsCase): CheckContext {
  const { servers = [], instances = [], proxy, targets, side = 'tentacle', env = {} } = given;
  return {
    host: {
      platform: 'linux',
      env,
      home: '',
      userId: 0,
      hostname: 'host',
      interfaces: {},
      run: () => Promise.resolve({ kind: 'missing' }),
      fileRoot: '',
    },
    options: { only: ['endpoints'], servers: servers.map(parseServerUrl), slow: false, json: true, verbose: false },
    side,
    inputs: { proxyFor: () => proxy, ...(targets === undefined ? {} : { targets }) },
    configuration: Promise.resolve({
      instances: instances.map((instance) => ({ ...INSTANCE, ...instance })),
      unread: [],
    }),
    signal: new AbortController().signal,
  };
}

/** Runs the tests of endpoints in this process, and returns their checks. */
export async function checksOf(given: EndpointsCase): Promise<Check[]> {
  const checks: Check[] = [];
  await testEndpoints(contextOf(given), (check) => checks.push(check), given.store ?? NO_AUTHORITIES);
  return checks;
}

/** The checks of endpoints with one use, as `status id`. */
export function found(checks: readonly Check[], use?: string): string[] {
  return checks
    .filter(({ endpoint }) => use === undefined || endpoint?.use === use)
    .map(({ status, id }) => `${status} ${id}`)
    .sort();
}
