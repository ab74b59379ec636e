import type { InboundObservation } from '../inbound-observation.js';
import { AFTER_TLS, GONE, IN_TLS, count, defineEnding, orPoller, program, realPeer } from './ending.js';

const VERSION = [
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
];

const NOTHING_IN_COMMON = [
  'ERR_SSL_NO_SHARED_CIPHER',
  'ERR_SSL_NO_SUITABLE_KEY_SHARE',
  'ERR_SSL_NO_SHARED_GROUP',
  'ERR_SSL_NO_SHARED_GROUPS',
  'ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS',
  'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER',
];

/** Alerts with which a peer rejects the listener's certificate. */
const CERTIFICATE_REJECTED = /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/;

/** A record, or the whole handshake, whose content is not that which was sent: found on this side, or reported by an alert. */
const WRONG_CHECKSUM = [
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_CIPHER_OPERATION_FAILED',
  'ERR_SSL_DIGEST_CHECK_FAILED',
  'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
  'ERR_SSL_TLSV1_ALERT_DECRYPTION_FAILED',
];

/** Alerts that do not report what arrived: a decision of the peer, or a fault inside it. */
const OTHER_ALERT =
  /_ALERT_(?!UNEXPECTED_MESSAGE|RECORD_OVERFLOW|DECODE_ERROR|DECRYPT_ERROR|PROTOCOL_VERSION|ILLEGAL_PARAMETER)/;

/** A client that stays silent resets the connection when its process ends. */
function resetAfter({ elapsedInPhaseUs = 0 }: InboundObservation): string {
  const seconds = Math.round(elapsedInPhaseUs / 1_000_000);
  return seconds === 0 ? 'as soon as TLS was established' : `${seconds} s after TLS was established`;
}

/** Endings during the TLS handshake and right after it. */
export const tlsEndings = [
  defineEnding({
    id: 'tls.version',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' && VERSION.includes(code ?? ''),
    title: 'No TLS version in common',
    means: (observation) =>
      `${observation.address} offers no TLS version that ${program(observation)} accepts (1.2 and 1.3 unless set otherwise; Octopus recommends 1.2 as the minimum). The peer may have an old operating system or .NET Framework, or a device in between may re-encrypt TLS. The legacy TentaclePing uses TLS 1.0 by default${observation.role === 'tentacle' ? ' (tentacle-pong --tls-min 1.0 answers it)' : ''}.`,
    example: { ...IN_TLS, code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
  }),
  defineEnding({
    id: 'tls.no-common-parameters',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' && NOTHING_IN_COMMON.includes(code ?? ''),
    title: 'No shared cipher suite, group or signature algorithm',
    means: ({ address, code }) =>
      `${address} offers none that this machine can use (${code ?? ''}). Octopus recommends ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1 and signatures with SHA-256. Check which of these a policy on that host turns off.`,
    example: { ...IN_TLS, code: 'ERR_SSL_NO_SHARED_CIPHER' },
  }),
  defineEnding({
    id: 'tls.refused-our-certificate',
    level: 'warn',
    when: ({ code }) => CERTIFICATE_REJECTED.test(code ?? ''),
    title: "Peer rejected this program's certificate",
    means: ({ address, code }) =>
      `${address} ended the handshake because of the certificate (${code ?? ''}). A browser, or another client that checks names and authorities, does this until its user adds an exception. Octopus does not check them. A device in between that damages the certificate leads to the same.`,
    example: { ...IN_TLS, code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  }),
  defineEnding({
    id: 'tls.stalled',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' && code === 'TLS_TIMEOUT',
    title: 'TLS handshake not completed in time',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${count(receivedBytes, 'byte')} of its handshake and then stopped. The reply is larger than the request and may be lost in transit (packets above a smaller MTU), or the peer hangs.`,
    example: { ...IN_TLS, code: 'TLS_TIMEOUT' },
  }),
  defineEnding({
    id: 'tls.closed',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' && code === 'TLS_CLOSED',
    title: 'Closed during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `${address} started TLS and closed the connection after ${count(receivedBytes, 'byte')}, without an alert. A browser does this once or twice before it shows a page. Otherwise a client ran out of time or does not accept the certificate, or a device in between closed the connection.`,
    example: { ...IN_TLS, code: 'TLS_CLOSED' },
  }),
  defineEnding({
    id: 'tls.reset',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' && GONE.includes(code ?? ''),
    title: 'Reset during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was reset after ${count(receivedBytes, 'byte')} of its handshake. The client does not accept the certificate, or a device in between inspects TLS.`,
    example: { ...IN_TLS, code: 'ECONNRESET' },
  }),
  defineEnding({
    id: 'tls.bad-record',
    level: 'warn',
    when: ({ phase, code }) =>
      WRONG_CHECKSUM.includes(code ?? '') ||
      (!['start', 'tls'].includes(phase) && (code?.startsWith('ERR_SSL_') ?? false) && !OTHER_ALERT.test(code ?? '')),
    title: 'Damaged TLS record',
    means: (observation) =>
      observation.code?.includes('_ALERT_') === true
        ? `${observation.address} reported that a TLS record from ${program(observation)} was damaged in transit (${observation.code}), and closed the connection. A device in between or a network adapter changes bytes, or one of the two programs is faulty.`
        : `A TLS record from ${observation.address} was damaged in transit (${observation.code ?? ''}), so ${program(observation)} closed the connection. A device in between or a network adapter changes bytes, or the client is faulty.`,
    example: { ...AFTER_TLS, phase: 'rpc', calls: 3, code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
  }),
  defineEnding({
    id: 'tls.other',
    level: 'warn',
    when: ({ phase, code }) => phase === 'tls' || (code?.startsWith('ERR_SSL_') ?? false),
    title: 'Unknown TLS failure',
    means: ({ address, code }) =>
      `TLS with ${address} ended with ${code ?? 'no error code'}. This tool does not know the cause.`,
    example: { ...IN_TLS, code: 'ERR_SSL_BAD_EXTENSION' },
  }),
  defineEnding({
    id: 'probe.tls',
    level: 'info',
    when: ({ phase, code }) => phase === 'preamble' && code === undefined,
    title: 'TLS completed, then closed without sending a byte',
    means: ({ address }) =>
      `${address} can reach this port over TLS. tentacle-ping --level tls and certificate checks connect like this. So does a client that expects another thumbprint, and a connection that a device in between closed at that moment.`,
    example: AFTER_TLS,
  }),
  defineEnding({
    id: 'tls.reset-after',
    level: 'warn',
    when: ({ phase, code, receivedBytes }) => phase === 'preamble' && GONE.includes(code ?? '') && receivedBytes === 0,
    title: 'TLS completed, then reset without a byte',
    means: (observation) =>
      `${observation.address} reset the connection ${resetAfter(observation)}. ${realPeer(observation)}${orPoller(observation)} does this when it expects another thumbprint. Configure it with the thumbprint that ${program(observation)} prints, or start ${program(observation)} with the certificate that it expects (--pfx). A device in between that resets the connection looks the same.`,
    example: { ...AFTER_TLS, code: 'ECONNRESET' },
  }),
];
