import type { Check } from '../../diagnostics/checks/check.js';
import { addressFindings } from '../../diagnostics/checks/addresses.js';
import { resolveName } from '../../net/resolve.js';
import { Deadline } from '../../time/clock.js';
import type { CheckContext } from '../check-context.js';
import type { Host } from '../host.js';
import { isLinkLocal, isPrivate } from './address-kinds.js';
import { findRoute, type Route } from './find-route.js';
import { codeOf, isHere } from './own-names.js';

/** Nodes of one server; more are not asked for. */
const SERVERS_MAX = 6;

/** Addresses of one name. */
const ADDRESSES_MAX = 4;

const LOOKUP_MS = 3000;

/** Checks the routes to the Octopus Servers of the configuration and of `--server`. */
export async function checkServerRoutes(context: CheckContext): Promise<readonly Check[]> {
  const { instances } = await context.configuration;
  const urls = [context.options.server, ...instances.flatMap(({ servers }) => servers.map(({ address }) => address))];
  const hosts = [...new Set(urls.flatMap(hostOf))].slice(0, SERVERS_MAX);
  if (hosts.length === 0) return [addressFindings.noServer.check({})];
  const listens = instances.some((instance) => instance.listens);
  return (await Promise.all(hosts.map(async (host) => checkServer(context, host, listens)))).flat();
}

/** The host of a URL as it is configured. */
function hostOf(url: string | undefined): readonly string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { hostname } = new URL(url);
  return hostname === '' ? [] : [hostname.replace(/^\[|\]$/g, '')];
}

async function checkServer(
  { host, signal }: CheckContext,
  server: string,
  listens: boolean,
): Promise<readonly Check[]> {
  let addresses: readonly string[];
  try {
    const resolved = await resolveName(server, undefined, Deadline.inMs(LOOKUP_MS), signal);
    addresses = [...new Set(resolved.map(({ address }) => address))].slice(0, ADDRESSES_MAX);
  } catch (error) {
    return [addressFindings.serverUnresolved.check({ host: server, code: codeOf(error) })];
  }
  const routes = await Promise.all(
    addresses.map(async (address) => ({ address, route: await routeTo(host, address) })),
  );
  const lost = routes.flatMap(({ address, route }) => (route.kind === 'none' ? [{ address, code: route.code }] : []));
  if (lost.length === routes.length)
    return lost.map((facts) => addressFindings.noRoute.check({ host: server, ...facts }));
  // A client goes on to the next address at once where one has no route, such as IPv6 where there is none.
  const lostLines = lost.map(({ address, code }) => `no route to ${address} (${code})`);
  return routes.flatMap(({ address, route }) => judgeRoute({ host: server, address }, route, listens, lostLines));
}

async function routeTo(host: Host, address: string): Promise<Route | { readonly kind: 'here' }> {
  return isHere(host, address) ? { kind: 'here' } : findRoute(host, address);
}

function judgeRoute(
  target: { readonly host: string; readonly address: string },
  route: Route | { readonly kind: 'here' },
  listens: boolean,
  lostLines: readonly string[],
): readonly Check[] {
  if (route.kind === 'none') return [];
  if (route.kind === 'here') return [addressFindings.serverHere.check(target)];
  const { address } = target;
  const { source, by, line } = route;
  const facts = { ...target, source, ...(by === undefined ? {} : { by }) };
  const evidence = [`from ${source} to ${address}`, ...(line === undefined ? [] : [line]), ...lostLines];
  if (isLinkLocal(source) && !isLinkLocal(address)) return [addressFindings.linkLocalSource.check(facts, evidence)];
  const isTranslated = listens && isPrivate(source) && !isPrivate(address);
  return [
    addressFindings.route.check(facts, evidence),
    ...(isTranslated ? [addressFindings.nat.check(facts, evidence)] : []),
  ];
}
