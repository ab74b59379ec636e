import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import { proxyFromEnvironment } from '../../cli/proxy-environment.js';
import { GRPC_PORT, parseServerUrl, type ServerUrl, WEB_SOCKET_PATH } from '../../cli/server-url.js';
import { POLLING_PORT } from '../../cli/target.js';
import type { HttpProxy } from '../../net/http-connect.js';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { singleLine } from '../../text/sanitize.js';
import type { CheckContext, CheckTarget } from '../check-context.js';
import type {
  Configuration,
  ConfiguredProxy,
  TentacleInstance,
  TrustedServer,
} from '../configuration/configuration.js';
import { type Endpoint, isSameEndpoint } from './endpoint.js';
import { readSystemProxy } from './system-proxy.js';

/** The endpoints that a host needs, and what is to be said of those that cannot be tested. */
export interface EndpointList {
  readonly endpoints: readonly Endpoint[];
  readonly checks: readonly Check[];
}

const ADDRESS_MAX_CHARS = 100;

/** Lists the endpoints that this host needs: as configured, and as `--server` and `--targets` name them. */
export async function listEndpoints(context: CheckContext): Promise<EndpointList> {
  const { options, inputs, side } = context;
  const configuration = await context.configuration;
  const { instances } = configuration;
  const own = side === 'server' ? ownEndpoints(context) : [];
  const configured =
    side === 'tentacle' ? await configuredEndpoints(context, configuration) : { endpoints: [], checks: [] };
  const named = await throughConfiguredProxies(
    context,
    options.servers.flatMap((url) => serverEndpoints(url, instances)),
    instances,
  );
  const ofTargets = (inputs.targets?.targets ?? []).map(targetEndpoint);
  const remote = [...configured.endpoints, ...named.endpoints, ...ofTargets].map(
    (endpoint): Endpoint => ({ ...endpoint, ...omitUndefined({ proxy: inputs.proxyFor(endpoint) ?? endpoint.proxy }) }),
  );
  // No proxy leads to this host itself.
  const all = [...own, ...remote];
  const endpoints = all.filter((endpoint, i) => !all.slice(0, i).some((other) => isTestedBy(endpoint, other)));
  const left = Object.entries(inputs.targets?.left ?? {}).map(([kind, count]) =>
    endpointFindings.targetsLeft.check({ count, kind }),
  );
  const none =
    endpoints.length > 0
      ? []
      : [endpointFindings.noneNeeded.check({ why: instances.length > 0 ? 'listening' : 'not-configured' })];
  return { endpoints, checks: withoutRepeats([...configured.checks, ...named.checks, ...left, ...none]) };
}

function targetEndpoint({ host, port, thumbprint, name, isBehindProxy }: CheckTarget): Endpoint {
  const expected = thumbprint === undefined ? [] : [thumbprint];
  const onlyFor = isBehindProxy === true ? BEHIND_PROXY : undefined;
  return { use: 'tentacle', host, port, path: '', expected, ...omitUndefined({ targetName: name, onlyFor }) };
}

/** Whether the test of another endpoint is that of this one too. */
function isTestedBy(endpoint: Endpoint, other: Endpoint): boolean {
  return isSameEndpoint(endpoint, other) && endpoint.expected.every((one) => other.expected.includes(one));
}

/** Octopus itself connects to such a Tentacle from another place. */
const BEHIND_PROXY = 'Octopus through a proxy of its own';

/** The ports of an Octopus Server on its own host, by loopback and by the host's name. */
function ownEndpoints({ host }: CheckContext): Endpoint[] {
  const names = [...new Set(['localhost', host.hostname])];
  return names.flatMap((name) => [
    { use: 'polling', host: name, port: POLLING_PORT, path: '', expected: [], onlyFor: 'polling Tentacles' },
    { use: 'grpc', host: name, port: GRPC_PORT, path: '', expected: [], onlyFor: 'the Kubernetes monitor' },
  ]);
}

/** The endpoints of `--server`, through the proxy that the first instance has for them. */
async function throughConfiguredProxies(
  context: CheckContext,
  endpoints: readonly Endpoint[],
  instances: readonly TentacleInstance[],
): Promise<EndpointList> {
  const found: Endpoint[] = [];
  const checks: Check[] = [];
  for (const endpoint of endpoints) {
    const isPolling = endpoint.use === 'polling' || endpoint.use === 'web-socket';
    const configured = isPolling
      ? instances.find(({ pollingProxy }) => pollingProxy !== undefined)?.pollingProxy
      : instances.find(({ proxy }) => proxy !== undefined)?.proxy;
    // The Kubernetes monitor has no instance, and so no proxy of one.
    const { proxy, check } = endpoint.use === 'grpc' ? {} : await proxyOf(context, configured, endpoint);
    if (check !== undefined) checks.push(check);
    found.push({ ...endpoint, ...omitUndefined({ proxy }) });
  }
  return { endpoints: found, checks };
}

/** The servers that the instances of this host poll, with their proxies. */
async function configuredEndpoints(context: CheckContext, { instances }: Configuration): Promise<EndpointList> {
  const endpoints: Endpoint[] = [];
  const checks: Check[] = [];
  for (const instance of instances) {
    for (const server of instance.servers) {
      if (server.style !== 'polling' || server.address === undefined) continue;
      const endpoint = pollingEndpoint(server, server.address);
      if (endpoint === undefined) {
        const address = singleLine(server.address, ADDRESS_MAX_CHARS);
        checks.push(endpointFindings.invalidAddress.check({ address }));
        continue;
      }
      const { proxy, check } = await proxyOf(context, instance.pollingProxy, endpoint);
      if (check !== undefined) checks.push(check);
      endpoints.push(omitUndefined({ ...endpoint, proxy }));
    }
  }
  return { endpoints: joinThumbprints(endpoints), checks: withoutRepeats(checks) };
}

/** An address as configured: `https://octopus.example:10943/`, or `wss://octopus.example/OctopusComms`. */
function pollingEndpoint({ thumbprint }: TrustedServer, address: string): Endpoint | undefined {
  try {
    const { use, host, port, path } = parseServerUrl(address);
    const expected = thumbprint === '' ? [] : [thumbprint.toUpperCase()];
    return use === 'web-socket'
      ? { use, host, port, path, expected }
      : { use: 'polling', host, port, path: '', expected };
  } catch {
    return undefined;
  }
}

/** One endpoint with all thumbprints in place of several with one each. */
function joinThumbprints(endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints
    .filter((endpoint, i) => !endpoints.slice(0, i).some((other) => isSameEndpoint(other, endpoint)))
    .map((endpoint) => {
      const expected = endpoints.filter((other) => isSameEndpoint(other, endpoint)).flatMap((other) => other.expected);
      return { ...endpoint, expected: [...new Set(expected)] };
    });
}

function withoutRepeats(checks: readonly Check[]): Check[] {
  return checks.filter(({ title }, i) => !checks.slice(0, i).some((other) => other.title === title));
}

/** The proxy that an instance polls through, if that can be tested. */
async function proxyOf(
  { host, inputs }: CheckContext,
  configured: ConfiguredProxy | undefined,
  target: Endpoint,
): Promise<{ readonly proxy?: HttpProxy; readonly check?: Check }> {
  // What the command line selects is tested in its place.
  if (configured === undefined || configured.use === 'none' || inputs.proxyFor(target) !== undefined) return {};
  if (configured.use === 'system') {
    const settings = host.platform === 'win32' ? await readSystemProxy(host.run) : undefined;
    if (settings !== undefined) return { check: endpointFindings.systemProxy.check({ settings }) };
    return environmentProxy(host.env, target);
  }
  const { host: proxyHost, port, user } = configured;
  if (proxyHost === undefined || port === undefined) return {};
  if (user === undefined) return { proxy: { host: proxyHost, port } };
  const proxy = `${proxyHost}:${port}`;
  const option = `http://${encodeURIComponent(user)}@${proxy}`;
  return { check: endpointFindings.proxyPassword.check({ proxy, user, option }) };
}

/** .NET on Linux takes the system's proxy from the environment of the service, of which this account's is the best guess. */
function environmentProxy(
  env: CheckContext['host']['env'],
  target: Endpoint,
): { readonly proxy?: HttpProxy; readonly check?: Check } {
  try {
    return omitUndefined({ proxy: proxyFromEnvironment(env, target).proxy });
  } catch {
    return { check: endpointFindings.systemProxy.check({ settings: 'HTTPS_PROXY, which is not a valid URL' }) };
  }
}

/** Octopus Cloud, where polling has a name of its own, and WebSockets are not supported. */
const CLOUD = /\.octopus\.app$/i;

/** The endpoints of an Octopus Server by the URL of its portal, or the one that the URL names. */
function serverEndpoints({ use, host, port, path }: ServerUrl, instances: readonly TentacleInstance[]): Endpoint[] {
  const named: Endpoint = { use, host, port, path, expected: [] };
  if (use !== 'portal') return [named];
  const isCloud = CLOUD.test(host);
  const polls = instances.some(({ servers }) => servers.some(({ style }) => style === 'polling'));
  const polling = { use: 'polling', path: '', expected: [] } as const;
  const mayNotPoll = instances.length > 0 && !polls ? { onlyFor: 'polling Tentacles' } : {};
  return [
    named,
    { ...polling, host, port: POLLING_PORT, ...mayNotPoll },
    ...(isCloud ? [{ ...polling, host: `polling.${host}`, port: HTTPS_PORT, ...mayNotPoll }] : []),
    ...(isCloud
      ? []
      : [
          {
            use: 'web-socket',
            host,
            port,
            path: WEB_SOCKET_PATH,
            expected: [],
            onlyFor: 'Tentacles that poll over WebSockets',
          } as const,
        ]),
    { use: 'grpc', host, port: GRPC_PORT, path: '', expected: [], onlyFor: 'the Kubernetes monitor' },
  ];
}

const HTTPS_PORT = 443;
