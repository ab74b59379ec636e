import { createSecureContext } from 'node:tls';
import { opensslPeer } from '../peers/openssl-peer.js';
import { program } from '../real-components.js';
import { attempt } from './attempt.js';
import type { Provocation } from './provocation.js';

const needs = program('openssl');
const withoutCertificate = createSecureContext();

/** Failures with a TLS implementation other than Node's, so that no detection depends on one peer. */
export const openSslCases: readonly Provocation[] = [
  {
    id: 'tls.version',
    by: 'openssl with TLS 1.1 only',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'openssl without a common cipher suite',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256')).port),
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'openssl without a common signature algorithm',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_3', '-sigalgs', 'RSA+SHA1')).port),
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'openssl without a common group',
    needs,
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_2', '-curves', 'brainpoolP256r1', '-cipher', 'ECDHE');
      return attempt(port);
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that does not know the authority (TLS 1.3)',
    needs,
    shownAt: 'identity',
    provoke: async () => attempt((await opensslPeer('-tls1_3', '-Verify', '1', '-verify_return_error')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that does not know the authority (TLS 1.2)',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_2', '-Verify', '1', '-verify_return_error')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that requires a certificate and receives none (TLS 1.3)',
    needs,
    shownAt: 'identity',
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_3', '-Verify', '1');
      return attempt(port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'openssl that requires a certificate and receives none (TLS 1.2)',
    needs,
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_2', '-Verify', '1');
      return attempt(port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'identity.timeout',
    by: 'openssl, which does not reply',
    needs,
    provoke: async () => attempt((await opensslPeer()).port, { identityMs: 300 }),
    evidence: { code: 'READ_TIMEOUT', receivedBytes: 0 },
  },
];
