import { BlockList, isIP } from 'node:net';
import type { HttpProxy } from '../transport/proxy.js';
import { shownText } from '../wire/http-answer.js';
import { parseProxy } from './proxy-address.js';
import type { Surroundings } from '../trust/configuration-directory.js';

type Environment = Surroundings['env'];

/** A variable that is set and speaks of proxies. Plain data. */
export interface ProxyVariable {
  readonly name: string;
  /** Its value; user and password are `***`. */
  readonly value: string;
}

/** What the environment says of the way to one host. */
export interface EnvironmentSays {
  readonly proxy?: HttpProxy;
  /** The variable that decided. */
  readonly by?: string;
}

/** As other tools look for one, for what is no plain HTTP; the lower case wins, as with curl. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

/** The variables, as far as they are set, in the environment's own order. */
export function proxyVariables(env: Environment): ProxyVariable[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    value !== '' && /^(https?|all|no)_proxy$/i.test(name) ? [{ name, value: withoutAccount(value) }] : [],
  );
}

/**
 * The proxy that the environment names for this target, if it names one and does not except the target.
 * @throws UsageError for a value that cannot be used.
 */
export function proxyFromEnvironment(env: Environment, target: { host: string; port: number }): EnvironmentSays {
  const by = NAMES.find((name) => isSet(env[name]));
  if (by === undefined) return {};
  const except = EXCEPTIONS.find((name) => isSet(env[name]));
  if (except !== undefined && excepts(env[except] ?? '', target)) return { by: except };
  // 80 is what a URL without a port means.
  return { by, proxy: parseProxy(env[by] ?? '', { name: by, mayHoldPassword: true, defaultPort: 80 }) };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** Up to the last @, whatever stands there: a badly written value must not show its password either. */
function withoutAccount(value: string): string {
  return shownText(value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@'));
}

/**
 * Whether NO_PROXY's list names the target: `*`, a domain with or without a dot before it (and all below it), an
 * address, a network as `10.0.0.0/8`, each with a port if only that one is meant.
 */
export function excepts(list: string, { host, port }: { readonly host: string; readonly port: number }): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return list.split(/[\s,]+/).some((entry) => {
    const [, bracketed, plain = '', only] = /^(?:\[([^\]]*)\]|([^:]*|[^:]*:[^:]*:.*))(?::(\d+))?$/.exec(entry) ?? [];
    if (only !== undefined && Number(only) !== port) return false;
    const except = (bracketed ?? plain)
      .toLowerCase()
      .replace(/^\*?\./, '')
      .replace(/\.$/, '');
    if (except === '') return false;
    if (except === '*') return true;
    if (isIP(name) !== 0) return isIn(name, except);
    return name === except || name.endsWith(`.${except}`);
  });
}

function isIn(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  if (isIP(base) !== isIP(address)) return false;
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  const most = family === 'ipv6' ? 128 : 32;
  const length = bits === undefined ? most : /^\d+$/.test(bits) ? Number(bits) : -1;
  if (length < 0 || length > most) return false;
  const list = new BlockList();
  list.addSubnet(base, length, family);
  return list.check(address, family);
}
