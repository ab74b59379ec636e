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
 * Every failure there is, specific before general; the first row that fits is the failure. Our own bugs and this
 * machine's faults come first, so that the network is never blamed for them; then the proxy, where there is one, so
 * that the peer is never blamed for it; TLS before the later stages, because a refusal of TLS 1.3 shows there.
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

/** The ids, made from the table: there is no other list of them. */
export type FailureId = (typeof rows)[number]['id'];

export const catalogue: readonly Row<FailureId>[] = rows;

export function rowOf(id: FailureId): Row<FailureId> {
  const found = catalogue.find((row) => row.id === id);
  if (found === undefined) throw new RangeError(`no such failure: ${id}`);
  return found;
}
