import { quote } from '../text/sanitize.js';
import { parseTarget, POLLING_PORT } from './target.js';
import { UsageError } from './usage-error.js';

/** An endpoint of an Octopus Server as `--server` names it. Plain JSON. */
export interface ServerUrl {
  /** `portal`: the web portal, and with it all endpoints that its server has. */
  readonly use: 'portal' | 'polling' | 'web-socket' | 'grpc';
  readonly host: string;
  readonly port: number;
  /** Begins with a slash and does not end with one; empty for none. */
  readonly path: string;
}

/** The port of the Kubernetes monitor's gRPC. */
export const GRPC_PORT = 8443;

/** The path that Octopus suggests for polling over WebSockets. */
export const WEB_SOCKET_PATH = '/OctopusComms';

const HTTPS_PORT = 443;

const FORM = 'use https://octopus.example, or polling://..., wss://... or grpc://... for one endpoint';

/**
 * An Octopus Server's URL: `https` for the portal, or for polling where its port is 10943 or its name begins with
 * "polling."; `polling` for polling at any port; `wss` for polling over WebSockets; `grpc` for the Kubernetes monitor. Without a scheme it is `https`.
 * @throws UsageError
 */
export function parseServerUrl(text: string): ServerUrl {
  const [, scheme = 'https', authority = '', path = ''] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)(\/[^?#]*)?/i.exec(text.trim()) ?? [];
  if (authority === '') throw new UsageError(`--server: ${quote(text)} is not a URL of an Octopus Server; ${FORM}`);
  // The part before an @ may be a password.
  if (authority.includes('@')) throw new UsageError(`--server: a user name in a URL cannot be used here; ${FORM}`);
  const kind = scheme.toLowerCase();
  const at = (defaultPort: number): { host: string; port: number } => parseTarget(authority, defaultPort);
  // The address bar of a browser shows /app, and more behind it.
  const trimmed = path.replace(/\/+$/, '').replace(/\/(?:app|api)$/i, '');
  if (kind === 'wss') return { use: 'web-socket', ...at(HTTPS_PORT), path: trimmed === '' ? WEB_SOCKET_PATH : trimmed };
  if (kind === 'grpc') return { use: 'grpc', ...at(GRPC_PORT), path: '' };
  if (kind === 'polling') return { use: 'polling', ...at(POLLING_PORT), path: '' };
  if (kind !== 'https') throw new UsageError(`--server: ${quote(text)} has a scheme that is not tested here; ${FORM}`);
  const { host, port } = at(HTTPS_PORT);
  const isPolling = port === POLLING_PORT || host.toLowerCase().startsWith('polling.');
  return { use: isPolling ? 'polling' : 'portal', host, port, path: isPolling ? '' : trimmed };
}
