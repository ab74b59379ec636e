import { BlockList, isIP } from 'node:net';
import type { HttpProxy } from '../net/http-connect.js';
import { sanitizeText } from '../http/http-response.js';
import { parseProxy } from './proxy-address.js';
import type { Environment } from './environment.js';

type Variables = Environment['env'];

/** A proxy variable that is set. Plain data. */
export interface ProxyVariable {
  readonly name: string;
  /** Its value, with `***` for user and password. */
  readonly value: string;
}

/** The proxy that the environment selects for one host. */
export interface EnvironmentSays {
  readonly proxy?: HttpProxy;
  /** The variable that selected it, or excluded the host. */
  readonly by?: string;
}

/** The variables that other tools use for anything but plain HTTP; lower case wins, as in curl. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const EXCLUSIONS = ['no_proxy', 'NO_PROXY'];

/** The proxy variables that are set, in the environment's own order. */
export function proxyVariables(env: Variables): ProxyVariable[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    value !== '' && /^(https?|all|no)_proxy$/i.test(name) ? [{ name, value: withoutAccount(value) }] : [],
  );
}

/**
 * The proxy that the environment names for this target, unless it excludes the target.
 * @throws UsageError for a value that cannot be used.
 */
export function proxyFromEnvironment(env: Variables, target: { host: string; port: number }): EnvironmentSays {
  const by = NAMES.find((name) => isSet(env[name]));
  if (by === undefined) return {};
  const exclusion = EXCLUSIONS.find((name) => isSet(env[name]));
  if (exclusion !== undefined && excepts(env[exclusion] ?? '', target)) return { by: exclusion };
  // The default port of an http URL.
  return { by, proxy: parseProxy(env[by] ?? '', { name: by, mayHoldPassword: true, defaultPort: 80 }) };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** The value without everything up to the last @: the password of a malformed value must not show either. */
function withoutAccount(value: string): string {
  return sanitizeText(value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@'));
}

/**
 * Whether a NO_PROXY list names the target: by `*`, a domain with or without a leading dot (and all names below it), an
 * address, or a network such as `10.0.0.0/8`, each optionally limited to a port.
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
