import { isIP } from 'node:net';
import { UsageError } from './usage-error.js';
import { quote } from '../text/sanitize.js';
import { parseWhole } from './values.js';
import { whyNotHost } from './why-not-host.js';

/** A host and port to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** The default ports of a listening Tentacle, and of a server for polling Tentacles. */
export const TENTACLE_PORT = 10_933;
export const POLLING_PORT = 10_943;

/** DNS host names, with the underscores and trailing dots of real ones. */
const HOST_NAME = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.-]*[\p{L}\p{N}\p{M}_.])?$/u;

/**
 * A target written as `host`, `host:port`, `192.0.2.1`, `[::1]:10933`, `::1`, or as the `https://host:port/` of Octopus.
 * @throws UsageError with one line: what is wrong and what to use instead.
 */
export function parseTarget(text: string, defaultPort = TENTACLE_PORT): Target {
  const bare = withoutUrl(text, defaultPort);
  const reason = whyNotHost(bare, text, defaultPort);
  // The part before an @ may be a password.
  if (reason !== undefined) throw new UsageError(`${text.includes('@') ? 'the host' : quote(text)} ${reason}`);
  const portOf = (port: string | undefined): number =>
    port === undefined ? defaultPort : parseWhole(port, `port of ${quote(text)}`, 1, 65_535);
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(bare);
  if (bracketed !== null) {
    const [, address = '', port] = bracketed;
    if (isIP(address) !== 6)
      throw new UsageError(
        `${quote(text)}: ${quote(address)} is not an IPv6 address; use a form such as [::1]:${defaultPort}`,
      );
    return { host: address, port: portOf(port) };
  }
  // The pattern of IPv6 addresses takes Node 3 ms when it is first used.
  if (/:.*:/.test(bare) && isIP(bare) === 6) return { host: bare, port: defaultPort };
  const [host = '', port, ...more] = bare.split(':');
  if (more.length > 0)
    throw new UsageError(
      bare.includes('::') || bare.startsWith('[')
        ? `${quote(text)} is not an IPv6 address; write one with a port as [::1]:${defaultPort}`
        : `${quote(text)} has more than one port; use host:${defaultPort}, or [::1]:${defaultPort} for an IPv6 address`,
    );
  if (host === '') throw new UsageError(`${quote(text)} has no host; use host:${defaultPort}`);
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4)
    throw new UsageError(`${quote(host)} is not an IPv4 address; use four numbers from 0 to 255`);
  if (!HOST_NAME.test(host))
    throw new UsageError(`${quote(host)} is not a host name; use a name or an address, as in host:${defaultPort}`);
  return { host, port: portOf(port) };
}

/** The host and port of a URL, the form in which Octopus shows its ends; other text is returned as it is. */
function withoutUrl(text: string, defaultPort: number): string {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(text) ?? [];
  if (scheme === '') return text;
  // Never what is before an @: it may be a password.
  const isPlace = authority !== '' && !authority.includes('@');
  const place = isPlace ? (/:\d+$/.test(authority) ? authority : `${authority}:${defaultPort}`) : `host:${defaultPort}`;
  if (scheme.toLowerCase() === 'poll') {
    const subscription = `--subscription ${isPlace ? `poll://${authority}/` : 'poll://ID/'}`;
    throw new UsageError(
      `${quote(text)} is the subscription of a polling Tentacle, not a host; ${defaultPort === POLLING_PORT ? `use --poll with the server, and ${subscription}` : `let it poll tentacle-ping listen ${subscription}`}`,
    );
  }
  if (authority.includes('@')) throw new UsageError(`a user name in a URL cannot be used here; use ${place}`);
  if (!/^(?:https?|tcp|tls)$/i.test(scheme))
    throw new UsageError(`${quote(text)} is a URL of another protocol; use ${place}`);
  if (rest !== '' && rest !== '/')
    throw new UsageError(`${quote(text)} has a path, which cannot be used here; use ${place}`);
  return authority;
}
