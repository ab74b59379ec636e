import { isIP } from 'node:net';
import { parseWhole, shown, UsageError } from 'tentacle-protocol';

/** Where to ping. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A listening Tentacle's port unless it is changed. */
const DEFAULT_PORT = 10933;

/** Host names of DNS, and the underscores and trailing dots that real ones have. */
const HOST_NAME = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u;

/**
 * `host`, `host:port`, `192.0.2.1`, `[::1]:10933`, `::1`, and the `https://host:port/` that Octopus itself shows.
 * @throws UsageError that says what would be right.
 */
export function parseTarget(text: string): Target {
  const bare = withoutUrl(text);
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(bare);
  if (bracketed !== null) {
    const [, address = '', port] = bracketed;
    if (isIP(address) !== 6)
      throw new UsageError(`${shown(text)}: ${shown(address)} is no IPv6 address; write [::1]:10933`);
    return { host: address, port: portOf(port, text) };
  }
  if (isIP(bare) === 6) return { host: bare, port: DEFAULT_PORT };
  const [host = '', port, ...more] = bare.split(':');
  if (more.length > 0)
    throw new UsageError(`${shown(text)} is no host; write an IPv6 address with its port as [::1]:10933`);
  if (host === '') throw new UsageError(`${shown(text)} has no host; write host:10933`);
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4)
    throw new UsageError(`${shown(host)} is no IPv4 address; write four numbers from 0 to 255`);
  if (!HOST_NAME.test(host))
    throw new UsageError(`${shown(host)} is no host name; write a name or an address, as in host:10933`);
  return { host, port: portOf(port, text) };
}

/** The host and port of a URL, where it is the one kind that names a Tentacle. */
function withoutUrl(text: string): string {
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(text);
  if (url === null) return text;
  const [, scheme = '', authority = '', rest = ''] = url;
  const right = `write ${authority === '' || authority.includes('@') ? 'host' : authority.replace(/:.*/, '')}:${DEFAULT_PORT}`;
  if (scheme.toLowerCase() !== 'https') throw new UsageError(`${shown(text)} is a URL of another kind; ${right}`);
  if (rest !== '' && rest !== '/')
    throw new UsageError(`${shown(text)} has a path, which a Tentacle has not; ${right}`);
  if (authority.includes('@')) throw new UsageError(`a user name in a URL will not do; ${right}`);
  return authority;
}

function portOf(text: string | undefined, whole: string): number {
  if (text === undefined) return DEFAULT_PORT;
  return parseWhole(text, `the port of ${shown(whole)}:`, 1, 65_535);
}
