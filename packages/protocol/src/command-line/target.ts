import { isIP } from 'node:net';
import { UsageError } from './usage-error.js';
import { parseWhole, shown } from './values.js';

/** Where to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** The ports on which a Tentacle listens, and on which a server is polled, unless they are changed. */
export const TENTACLE_PORT = 10_933;
export const POLLING_PORT = 10_943;

/** Host names of DNS, and the underscores and trailing dots that real ones have. */
const HOST_NAME = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u;

/**
 * `host`, `host:port`, `192.0.2.1`, `[::1]:10933`, `::1`, and the `https://host:port/` that Octopus itself shows.
 * @throws UsageError that says what would be right.
 */
export function parseTarget(text: string, defaultPort = TENTACLE_PORT): Target {
  const bare = withoutUrl(text, defaultPort);
  const portOf = (port: string | undefined): number =>
    port === undefined ? defaultPort : parseWhole(port, `the port of ${shown(text)}:`, 1, 65_535);
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(bare);
  if (bracketed !== null) {
    const [, address = '', port] = bracketed;
    if (isIP(address) !== 6)
      throw new UsageError(`${shown(text)}: ${shown(address)} is no IPv6 address; write [::1]:${defaultPort}`);
    return { host: address, port: portOf(port) };
  }
  if (isIP(bare) === 6) return { host: bare, port: defaultPort };
  const [host = '', port, ...more] = bare.split(':');
  if (more.length > 0)
    throw new UsageError(`${shown(text)} is no host; write an IPv6 address with its port as [::1]:${defaultPort}`);
  if (host === '') throw new UsageError(`${shown(text)} has no host; write host:${defaultPort}`);
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4)
    throw new UsageError(`${shown(host)} is no IPv4 address; write four numbers from 0 to 255`);
  if (!HOST_NAME.test(host))
    throw new UsageError(`${shown(host)} is no host name; write a name or an address, as in host:${defaultPort}`);
  return { host, port: portOf(port) };
}

/** The host and port of a URL, where it is the one kind that names an end of Octopus. */
function withoutUrl(text: string, defaultPort: number): string {
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(text);
  if (url === null) return text;
  const [, scheme = '', authority = '', rest = ''] = url;
  const right = `write ${authority === '' || authority.includes('@') ? 'host' : authority.replace(/:.*/, '')}:${defaultPort}`;
  if (scheme.toLowerCase() !== 'https') throw new UsageError(`${shown(text)} is a URL of another kind; ${right}`);
  if (rest !== '' && rest !== '/')
    throw new UsageError(`${shown(text)} has a path, which has no meaning here; ${right}`);
  if (authority.includes('@')) throw new UsageError(`a user name in a URL will not do; ${right}`);
  return authority;
}
