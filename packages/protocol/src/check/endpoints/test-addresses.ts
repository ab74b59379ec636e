import type { Check } from '../../diagnostics/checks/check.js';
import type { Observation } from '../../diagnostics/failure-definition.js';
import { literalAddress, resolveName } from '../../net/resolve.js';
import { Deadline } from '../../time/clock.js';
import { type ConnectionRequest, FAST_US } from './connection.js';
import { failureCheck } from './endpoint-check.js';
import { type HalibutResult, testHalibut } from './test-halibut.js';

type Request = ConnectionRequest & { readonly use: 'polling' | 'tentacle' };

/** More addresses than a name of Octopus has: one for each node. */
const ADDRESSES_MAX = 8;

/** Connections to one address: a load balancer that takes turns shows at the second. */
const CONNECTIONS = 2;

const RESOLVE_MS = 4000;

/**
 * Tests a Halibut port at every address of its name, with two connections to each: all have to present the same
 * certificate. Through a proxy, which resolves the name, there is one place to test.
 */
export async function testAddresses(request: Request): Promise<readonly Check[]> {
  const addresses = await findAddresses(request);
  const results = await Promise.all(addresses.map(async (address) => testRepeatedly({ ...request, address })));
  const checks = results.flatMap(distinctChecks);
  const works = checks.some(({ status }) => status === 'ok');
  const several = severalServers(results.flat());
  return [...checks.map((check) => (works ? besideWorkingAddress(check) : check)), ...several];
}

/** The addresses to test; undefined in place of one: as the name resolves, which shows why it does not. */
async function findAddresses({ endpoint, proxy, signal }: Request): Promise<(string | undefined)[]> {
  if (proxy !== undefined || literalAddress(endpoint.host) !== undefined) return [undefined];
  try {
    const resolved = await resolveName(endpoint.host, undefined, Deadline.inMs(RESOLVE_MS), signal);
    const addresses = [...new Set(resolved.map(({ address }) => address))].slice(0, ADDRESSES_MAX);
    return addresses.length < 2 ? [undefined] : addresses;
  } catch {
    return [undefined];
  }
}

/** The checks of the first connection, and of others whose result differs: they meet another node by turns. */
function distinctChecks(results: readonly HalibutResult[]): Check[] {
  return results.flatMap(({ checks }, i) => {
    const earlier = results.slice(0, i).flatMap((other) => other.checks);
    return checks.filter((check) => !earlier.some(({ id }) => id === check.id));
  });
}

async function testRepeatedly(request: Request): Promise<readonly HalibutResult[]> {
  const first = await testHalibut(request);
  // A list of Tentacles may be long, and no load balancer is in front of one.
  const isSlow = (first.checks[0]?.endpoint?.elapsedUs ?? 0) > FAST_US;
  if (first.thumbprint === undefined || request.use === 'tentacle' || isSlow) return [first];
  const results = [first];
  while (results.length < CONNECTIONS) results.push(await testHalibut(request));
  return results;
}

/** Addresses to which this host has no route: Octopus goes on to the next one at once. */
const NO_ROUTE: readonly string[] = ['tcp.no-route', 'tcp.no-route-v6', 'local.no-source-address'];

/** A failure at one address, where another address works. */
function besideWorkingAddress(check: Check): Check {
  if (NO_ROUTE.includes(check.id)) return { ...check, status: 'skipped' };
  const isLoopback = check.endpoint?.host === 'localhost';
  if (check.id !== 'tcp.refused') return check;
  // A Tentacle goes on to the next address at once, but one of the nodes may be down.
  return { ...check, status: isLoopback ? 'skipped' : 'warning' };
}

/** The check of connections to one name that met servers with different certificates; empty where they did not. */
function severalServers(results: readonly HalibutResult[]): Check[] {
  const seen = results.flatMap(({ checks: [check] }) => check?.endpoint ?? []);
  const servers = seen.filter(
    ({ thumbprint }, i) =>
      thumbprint !== undefined && !seen.slice(0, i).some((other) => other.thumbprint === thumbprint),
  );
  const [endpoint] = servers;
  if (endpoint === undefined || servers.length < 2) return [];
  const { host, port, use } = endpoint;
  const isByTurns = servers.some(({ address }) => servers.filter((other) => other.address === address).length > 1);
  const observation: Observation = {
    signature: { shownAt: 'rpc', code: 'SEVERAL_SERVERS', elapsedUs: 0, received: Buffer.alloc(0), receivedBytes: 0 },
    facts: { host, port, timeoutUs: 0, servers, ...(use === 'polling' ? { peerRole: 'server' } : {}) },
  };
  const check = failureCheck(observation, {
    use,
    name: endpoint.name,
    host,
    port,
    from: endpoint.from,
    answer: `${servers.length} servers`,
  });
  const how = isByTurns ? 'by turns at one address: a load balancer' : 'each at an address of its own';
  const lines = servers.map(({ thumbprint, address }) => `${thumbprint ?? ''} at ${address ?? endpoint.from}`);
  return [{ ...check, evidence: [how, ...lines, ...check.evidence] }];
}
