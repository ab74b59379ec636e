import { createSecureContext } from 'node:tls';
import { opensslPeer } from '../peers/openssl-peer.js';
import { program } from '../real-components.js';
import { attempt } from './attempt.js';
import type { Provocation } from './provocation.js';

const needs = program('openssl');
const withoutCertificate = createSecureContext();

/** Another TLS than Node's own, so that no row is made for one peer's habits. */
export const openSslCases: readonly Provocation[] = [
  {
    id: 'tls.version',
    by: 'openssl with TLS 1.1 alone',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' },
  },
  {
    id: 'tls.no-shared',
    by: 'openssl without a suite of ours',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256')).port),
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.no-shared',
    by: 'openssl without a signature algorithm of ours',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_3', '-sigalgs', 'RSA+SHA1')).port),
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.no-shared',
    by: 'openssl without a group of ours',
    needs,
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_2', '-curves', 'brainpoolP256r1', '-cipher', 'ECDHE');
      return attempt(port);
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that knows no such authority (TLS 1.3)',
    needs,
    shownAt: 'identity',
    provoke: async () => attempt((await opensslPeer('-tls1_3', '-Verify', '1', '-verify_return_error')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that knows no such authority (TLS 1.2)',
    needs,
    provoke: async () => attempt((await opensslPeer('-tls1_2', '-Verify', '1', '-verify_return_error')).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'openssl that wants a certificate and gets none (TLS 1.3)',
    needs,
    shownAt: 'identity',
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_3', '-Verify', '1');
      return attempt(port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
  },
  {
    id: 'tls.no-shared',
    by: 'openssl that wants a certificate and gets none (TLS 1.2)',
    needs,
    provoke: async () => {
      const { port } = await opensslPeer('-tls1_2', '-Verify', '1');
      return attempt(port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'identity.timeout',
    by: 'openssl, which waits for words of its own',
    needs,
    provoke: async () => attempt((await opensslPeer()).port, { identityMs: 300 }),
    evidence: { code: 'READ_TIMEOUT', receivedBytes: 0 },
  },
];
