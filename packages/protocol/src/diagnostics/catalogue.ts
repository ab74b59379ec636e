import { attestationFailures } from './failures/attestation.js';
import { dataFailures } from './failures/data.js';
import { dnsFailures } from './failures/dns.js';
import { identityFailures } from './failures/identity.js';
import { idleFailures } from './failures/idle.js';
import { interceptionFailures } from './failures/interception.js';
import { wrongPeerFailures } from './failures/wrong-peer.js';
import { internalFailures, localFailures } from './failures/local.js';
import { pongTrustFailures } from './failures/pong-trust.js';
import { polledServerFailures } from './failures/poll/polled-server.js';
import { pollerFailures } from './failures/poll/pollers.js';
import { proxyFailures } from './failures/proxy/failures.js';
import type { FailureDefinition } from './failure-definition.js';
import { rpcFailures } from './failures/rpc.js';
import { tcpFailures } from './failures/tcp.js';
import { tlsFailures } from './failures/tls.js';
import { trustFailures } from './failures/trust.js';
import { webCertificateFailures } from './failures/web-certificate.js';
import { webServerFailures } from './failures/web-server.js';

/**
 * All failures, specific before general; the first row that matches is the failure. Bugs of this tool and faults of
 * this machine come first, so that the network is never blamed for them; then the proxy, so that the peer is never
 * blamed for it; TLS before the later stages, because a rejection in TLS 1.3 appears there.
 */
const rows = [
  ...internalFailures,
  ...localFailures,
  ...proxyFailures,
  ...dnsFailures,
  ...tcpFailures,
  ...tlsFailures,
  ...polledServerFailures,
  ...pollerFailures,
  ...wrongPeerFailures,
  ...webServerFailures,
  ...pongTrustFailures,
  ...interceptionFailures,
  ...attestationFailures,
  ...webCertificateFailures,
  ...trustFailures,
  ...identityFailures,
  ...rpcFailures,
  ...dataFailures,
  ...idleFailures,
];

/** The id of a failure. The table is the only list of them. */
export type FailureId = (typeof rows)[number]['id'];

export const catalogue: readonly FailureDefinition<FailureId>[] = rows;

/** The row with this id. */
export function failureDefinition(id: FailureId): FailureDefinition<FailureId> {
  const found = catalogue.find((row) => row.id === id);
  if (found === undefined) throw new RangeError(`unknown failure: ${id}`);
  return found;
}
