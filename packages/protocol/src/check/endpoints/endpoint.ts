import type { TestedEndpoint } from '../../diagnostics/checks/check.js';
import type { HttpProxy } from '../../net/http-connect.js';
import { hostAndPort } from '../../diagnostics/wording.js';

/** An endpoint to test. */
export interface Endpoint {
  readonly use: TestedEndpoint['use'];
  readonly host: string;
  readonly port: number;
  /** Begins with a slash; empty for none. */
  readonly path: string;
  /** The thumbprints of which it must present one; empty: any. */
  readonly expected: readonly string[];
  /**
   * The program that needs it, where this host may do without: `the Kubernetes monitor`. A port on which nothing listens
   * is then not a problem.
   */
  readonly onlyFor?: string;
  /** The proxy that leads to it, if any; it is then tested directly and through that proxy. */
  readonly proxy?: HttpProxy;
  /** Its name in Octopus, where that is known. */
  readonly targetName?: string;
}

const SCHEMES: Readonly<Partial<Record<Endpoint['use'], string>>> = {
  portal: 'https',
  'web-socket': 'wss',
  grpc: 'grpc',
};

const HTTPS_PORT = 443;

/** The endpoint as texts name it. */
export function endpointName({ use, host, port, path }: Endpoint): string {
  const scheme = SCHEMES[use];
  const place = hostAndPort({ host, port });
  if (scheme === undefined) return place;
  const isDefault = port === HTTPS_PORT && use !== 'grpc';
  const file = use === 'portal' ? `${path}/api` : path;
  return `${scheme}://${isDefault ? hostAndPort({ host, port: 0 }).replace(/:0$/, '') : place}${file}`;
}

/** Whether two are the same, so that one test is enough. */
export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return endpointName(a) === endpointName(b) && a.proxy?.host === b.proxy?.host && a.proxy?.port === b.proxy?.port;
}
