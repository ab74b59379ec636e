import { attestationRows } from './attestation.js';
import { dataRows } from './data.js';
import { dnsRows } from './dns.js';
import { identityRows } from './identity.js';
import { idleRows } from './idle.js';
import { interceptionRows } from './interception.js';
import { strangerRows } from './strangers.js';
import { internalRows, localRows } from './local.js';
import { pollRows } from './poll.js';
import { proxyRows } from './proxy.js';
import type { Row } from './row.js';
import { rpcRows } from './rpc.js';
import { tcpRows } from './tcp.js';
import { tlsRows } from './tls.js';
import { trustRows } from './trust.js';
import { webServerRows } from './web-server.js';

/**
 * All failures, specific before general; the first row that matches is the failure. Bugs of this tool and faults of
 * this machine come first, so that the network is never blamed for them; then the proxy, so that the peer is never
 * blamed for it; TLS before the later stages, because a rejection in TLS 1.3 appears there.
 */
const rows = [
  ...internalRows,
  ...localRows,
  ...proxyRows,
  ...dnsRows,
  ...tcpRows,
  ...tlsRows,
  ...pollRows,
  ...strangerRows,
  ...webServerRows,
  ...interceptionRows,
  ...attestationRows,
  ...trustRows,
  ...identityRows,
  ...rpcRows,
  ...dataRows,
  ...idleRows,
];

/** The id of a failure. The table is the only list of them. */
export type FailureId = (typeof rows)[number]['id'];

export const catalogue: readonly Row<FailureId>[] = rows;

/** The row with this id. */
export function rowOf(id: FailureId): Row<FailureId> {
  const found = catalogue.find((row) => row.id === id);
  if (found === undefined) throw new RangeError(`unknown failure: ${id}`);
  return found;
}
