import { isIP } from 'node:net';
import type { HttpProxy } from '../transport/proxy.js';
import { Secret } from '../trust/secret.js';
import { UsageError } from './usage-error.js';

/** A host of DNS or an IPv4 address. */
const HOST = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u;

/** What names a proxy: the option, where a password may not stand, or a variable of the environment, where it does. */
export interface Source {
  /** For errors: `--proxy`, `HTTPS_PROXY`. */
  readonly name: string;
  readonly mayHoldPassword: boolean;
  /** Without one, a port has to be given. */
  readonly defaultPort?: number;
}

/**
 * A proxy as people write it: `http://user@host:port`, `user@host:port`, `host:port`, with `[::1]` for IPv6.
 * @throws UsageError which repeats nothing of the text: any part of it may be a password that slipped.
 */
export function parseProxy(text: string, source: Source): HttpProxy {
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  refuseScheme(scheme.toLowerCase(), source.name);
  // The last @: a user may hold one, as in octopus@corp.example@proxy:3128.
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1).replace(/\/$/, '');
  if (/[/?#\\]/.test(place)) throw new UsageError(`${source.name}: a proxy has no path; write http://host:port`);
  return { ...placeOf(place, source), ...(at < 0 ? {} : accountOf(rest.slice(0, at), source)) };
}

function refuseScheme(scheme: string, name: string): void {
  if (scheme === 'http') return;
  if (scheme === 'https')
    throw new UsageError(`${name}: Octopus speaks plain HTTP to its proxy, never TLS; write http://host:port`);
  if (scheme.startsWith('socks'))
    throw new UsageError(`${name}: Octopus goes through HTTP proxies only, not SOCKS; write http://host:port`);
  throw new UsageError(`${name}: this is a URL of another kind; write http://host:port`);
}

function placeOf(place: string, { name, defaultPort }: Source): { host: string; port: number } {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(place) ?? [];
  const host = bracketed ?? plain ?? '';
  const isHost =
    bracketed === undefined ? isIP(host) === 4 || (HOST.test(host) && !/^[\d.]+$/.test(host)) : isIP(host) === 6;
  if (!isHost)
    throw new UsageError(`${name}: no host can be read from it; write http://host:port or http://[::1]:port`);
  if (portText === undefined && defaultPort === undefined)
    throw new UsageError(`${name}: which port? Write http://host:port, as in http://proxy:3128`);
  const port = portText === undefined ? defaultPort : Number(portText);
  if (port === undefined || !/^\d+$/.test(portText ?? '1') || port < 1 || port > 65_535)
    throw new UsageError(`${name}: its port is no whole number from 1 to 65535; write http://host:port`);
  return { host, port };
}

function accountOf(account: string, { name, mayHoldPassword }: Source): { user: string; password?: Secret } {
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(account) ?? [];
  if (password !== '' && !mayHoldPassword) {
    throw new UsageError(
      `${name}: a password must not stand on a command line, which every account of this machine can read; leave it out, and set TENTACLE_PROXY_PASSWORD or give --proxy-password-file`,
    );
  }
  if (/\p{Cc}/u.test(decoded(user))) throw new UsageError(`${name}: control characters are no part of a user`);
  if (user === '') throw new UsageError(`${name}: there is no user before the @; write http://user@host:port`);
  return { user: decoded(user), ...(password === '' ? {} : { password: new Secret(decoded(password)) }) };
}

/** Percent escapes, where they are some: a backslash or a colon in a user has to be written so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
