import { isIP } from 'node:net';
import type { HttpProxy } from '../net/http-connect.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { Secret } from '../identity/secret.js';
import { UsageError } from './usage-error.js';

/** A DNS host name or an IPv4 address. */
const HOST = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_.])?$/u;

/** Where a proxy is configured: the option, which must not contain a password, or a variable, which may. */
export interface Source {
  /** For error messages: `--proxy`, `HTTPS_PROXY`. */
  readonly name: string;
  readonly mayHoldPassword: boolean;
  /** Absent: a port is required. */
  readonly defaultPort?: number;
}

/**
 * A proxy as people write it: `http://user@host:port`, `user@host:port`, `host:port`, with `[::1]` for IPv6.
 * @throws UsageError that repeats nothing of the text, because any part of it may be a misplaced password.
 */
export function parseProxy(text: string, source: Source): HttpProxy {
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  refuseScheme(scheme.toLowerCase(), source.name);
  // The last @: a user name may contain one, as in octopus@corp.example@proxy:3128.
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1).replace(/\/$/, '');
  if (/[/?#\\]/.test(place)) throw new UsageError(`${source.name}: a proxy has no path; use http://host:port`);
  return { ...placeOf(place, source), ...(at < 0 ? {} : accountOf(rest.slice(0, at), source)) };
}

function refuseScheme(scheme: string, name: string): void {
  if (scheme === 'http') return;
  if (scheme === 'https')
    throw new UsageError(
      `${name}: Octopus connects to its proxy over plain HTTP, never over TLS; use http://host:port`,
    );
  if (scheme.startsWith('socks'))
    throw new UsageError(`${name}: Octopus supports HTTP proxies, not SOCKS; use http://host:port`);
  throw new UsageError(`${name}: not an http URL; use http://host:port`);
}

function placeOf(place: string, { name, defaultPort }: Source): { host: string; port: number } {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(place) ?? [];
  const host = bracketed ?? plain ?? '';
  const isHost =
    bracketed === undefined ? isIP(host) === 4 || (HOST.test(host) && !/^[\d.]+$/.test(host)) : isIP(host) === 6;
  if (!isHost)
    throw new UsageError(`${name}: the host is missing or not valid; use http://host:port or http://[::1]:port`);
  if (portText === undefined && defaultPort === undefined)
    throw new UsageError(`${name}: the port is missing; use http://host:port, as in http://proxy:3128`);
  const port = portText === undefined ? defaultPort : Number(portText);
  if (port === undefined || !/^\d+$/.test(portText ?? '1') || port < 1 || port > 65_535)
    throw new UsageError(`${name}: the port is not a whole number from 1 to 65535; use http://host:port`);
  return { host, port };
}

function accountOf(account: string, { name, mayHoldPassword }: Source): { user: string; password?: Secret } {
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(account) ?? [];
  if (password !== '' && !mayHoldPassword) {
    throw new UsageError(
      `${name}: every account of this machine can read a command line, so a password is not accepted there; leave it out, and set TENTACLE_PROXY_PASSWORD or use --proxy-password-file`,
    );
  }
  if (/\p{Cc}/u.test(decoded(user)))
    throw new UsageError(`${name}: a user name cannot contain control characters; write http://user@host:port`);
  if (user === '') throw new UsageError(`${name}: the user name before the @ is missing; use http://user@host:port`);
  return omitUndefined({ user: decoded(user), password: password === '' ? undefined : new Secret(decoded(password)) });
}

/** The text with its percent escapes decoded, if they are valid: a backslash or colon in a user name needs one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
