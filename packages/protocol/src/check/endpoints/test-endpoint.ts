import { catalogue } from '../../diagnostics/catalogue.js';
import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import type { TrustStore } from '../../identity/web-certificate.js';
import type { HttpProxy } from '../../net/http-connect.js';
import { type Endpoint, endpointName } from './endpoint.js';
import { testAddresses } from './test-addresses.js';
import { testGrpc } from './test-grpc.js';
import { testPortal } from './test-portal.js';
import { testWebSocket } from './test-web-socket.js';

/** What the tests of one run share. */
export interface EndpointSettings {
  readonly store: TrustStore;
  readonly isSlow: boolean;
  readonly signal: AbortSignal;
}

/** The result of testing one endpoint, directly and through its proxy. */
export interface EndpointResult {
  readonly checks: readonly Check[];
  /** The nodes that answered a portal. */
  readonly nodes: readonly string[];
}

/** Tests one endpoint: directly, and through the proxy where one leads to it. */
export async function testEndpoint(endpoint: Endpoint, settings: EndpointSettings): Promise<EndpointResult> {
  const { proxy } = endpoint;
  const [direct, byProxy] = await Promise.all([
    testFrom(endpoint, settings),
    proxy === undefined ? undefined : testFrom(endpoint, settings, proxy),
  ]);
  const name = targetEvidence(endpoint);
  if (byProxy === undefined) {
    const checks = direct.checks.map((check) => name(forOptional(endpoint, check)));
    return { checks, nodes: direct.nodes };
  }
  const works = byProxy.checks.some(({ status }) => status === 'ok');
  const checks = [
    // Where a proxy leads to the endpoint, a network may have no other path.
    ...direct.checks.map((check) => (works && isUnreachable(check) ? { ...check, status: 'skipped' as const } : check)),
    ...byProxy.checks,
    ...compareCertificates(endpoint, direct.checks, byProxy.checks),
  ];
  return {
    checks: checks.map((check) => name(forOptional(endpoint, check))),
    nodes: [...new Set([...direct.nodes, ...byProxy.nodes])],
  };
}

async function testFrom(endpoint: Endpoint, settings: EndpointSettings, proxy?: HttpProxy): Promise<EndpointResult> {
  const { store, isSlow, signal } = settings;
  const request = { endpoint, proxy, signal };
  switch (endpoint.use) {
    case 'portal':
      return testPortal(request, store);
    case 'web-socket':
      return { checks: await testWebSocket(request), nodes: [] };
    case 'grpc':
      return { checks: await testGrpc(request, isSlow), nodes: [] };
    case 'polling':
    case 'tentacle':
      return { checks: await testAddresses({ ...request, use: endpoint.use }), nodes: [] };
  }
}

/** The stages of failures after which nothing is known to listen at an endpoint. */
const BEFORE_TLS: readonly string[] = ['dns', 'tcp', 'proxy'];

const UNREACHABLE: ReadonlySet<string> = new Set(
  catalogue.filter(({ stage }) => BEFORE_TLS.includes(stage)).map(({ id }) => id),
);

function isUnreachable({ id, status }: Check): boolean {
  return status !== 'ok' && UNREACHABLE.has(id);
}

/** An endpoint that this host may do without: skipped where nothing listens, a warning where it works wrongly. */
function forOptional({ onlyFor }: Endpoint, check: Check): Check {
  if (onlyFor === undefined || check.status !== 'problem') return check;
  const title = `${check.title} (needed only for ${onlyFor})`;
  return { ...check, title, status: isUnreachable(check) ? 'skipped' : isNotOffered(check) ? 'skipped' : 'warning' };
}

/** Every web server answers an upgrade that it does not offer with an ordinary response. */
function isNotOffered({ id }: Check): boolean {
  return id === endpointFindings.notUpgraded.id;
}

/** Adds the name that a target has in Octopus. */
function targetEvidence({ targetName }: Endpoint): (check: Check) => Check {
  if (targetName === undefined) return (check) => check;
  return (check) => ({ ...check, evidence: [`target ${targetName}`, ...check.evidence] });
}

/** A proxy that changes the certificate of an endpoint that is known by its thumbprint. */
function compareCertificates(endpoint: Endpoint, direct: readonly Check[], byProxy: readonly Check[]): Check[] {
  // Web clients go by names, so that a portal may have several certificates.
  if (endpoint.use === 'portal') return [];
  const found = thumbprintsOf(direct);
  const proxied = byProxy.find((check) => check.endpoint?.thumbprint !== undefined)?.endpoint;
  const [first] = found;
  if (first === undefined || proxied?.thumbprint === undefined || found.includes(proxied.thumbprint)) return [];
  const facts = { name: endpointName(endpoint), through: '', direct: first, byProxy: proxied.thumbprint };
  return [endpointFindings.certificateByProxy.check(facts)];
}

function thumbprintsOf(checks: readonly Check[]): string[] {
  return [...new Set(checks.flatMap(({ endpoint }) => endpoint?.thumbprint ?? []))];
}
