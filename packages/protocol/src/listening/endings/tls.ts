import { AFTER_TLS, IN_TLS, GONE, ending, us } from './row.js';

const VERSION = [
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
];

const NOTHING_SHARED = [
  'ERR_SSL_NO_SHARED_CIPHER',
  'ERR_SSL_NO_SUITABLE_KEY_SHARE',
  'ERR_SSL_NO_SHARED_GROUP',
  'ERR_SSL_NO_SHARED_GROUPS',
  'ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS',
  'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER',
];

/** Alerts by which a peer says that it does not take our certificate. */
const CERTIFICATE_REFUSED = /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/;

/** What happens to the TLS handshake, and right after it. */
export const tlsEndings = [
  ending({
    id: 'tls.version',
    level: 'warn',
    when: ({ code }) => VERSION.includes(code ?? ''),
    title: 'No TLS version in common',
    means: (sighting) =>
      `${sighting.address} offers no TLS version that ${us(sighting)} takes (1.2 and 1.3, as Octopus requires, unless told otherwise). An old operating system or .NET Framework, a device on the way that re-makes TLS, or the original TentaclePing, which speaks TLS 1.0 unless told otherwise${sighting.part === 'tentacle' ? ' (tentacle-pong --tls-min 1.0 answers it)' : ''}.`,
    example: { ...IN_TLS, code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
  }),
  ending({
    id: 'tls.no-shared',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && NOTHING_SHARED.includes(code ?? ''),
    title: 'No cipher suite, group or signature algorithm in common',
    means: ({ address, code }) =>
      `${address} offers none that can be used here (${code ?? ''}). Octopus requires ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1 and signatures with SHA-256; look what a policy of that host has turned off.`,
    example: { ...IN_TLS, code: 'ERR_SSL_NO_SHARED_CIPHER' },
  }),
  ending({
    id: 'tls.refused-our-certificate',
    level: 'warn',
    when: ({ code }) => CERTIFICATE_REFUSED.test(code ?? ''),
    title: 'The peer does not take our certificate',
    means: ({ address, code }) =>
      `${address} ended TLS over our certificate (${code ?? ''}). A browser or another client that checks names and authorities does so before its user makes an exception; Octopus does not.`,
    example: { ...IN_TLS, code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' },
  }),
  ending({
    id: 'tls.stalled',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && code === 'TLS_TIMEOUT',
    title: 'TLS began and did not finish in time',
    means: ({ address, receivedBytes }) =>
      `${address} sent ${receivedBytes} bytes of its handshake and no more. Our answer, larger than its question, may be lost on the way (packets above a smaller MTU), or the peer has hung.`,
    example: { ...IN_TLS, code: 'TLS_TIMEOUT' },
  }),
  ending({
    id: 'tls.closed',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && code === 'TLS_CLOSED',
    title: 'Closed during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `${address} began TLS and closed after ${receivedBytes} bytes, without an alert. A browser does so once or twice before it shows a page; else it is a client that ran out of time or does not like our certificate, or a device on the way.`,
    example: { ...IN_TLS, code: 'TLS_CLOSED' },
  }),
  ending({
    id: 'tls.reset',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' && GONE.includes(code ?? ''),
    title: 'Reset during the TLS handshake',
    means: ({ address, receivedBytes }) =>
      `The connection from ${address} was reset after ${receivedBytes} bytes of its handshake. A client that does not like our certificate, or a device on the way that inspects TLS.`,
    example: { ...IN_TLS, code: 'ECONNRESET' },
  }),
  ending({
    id: 'tls.other',
    level: 'warn',
    when: ({ place, code }) => place === 'tls' || (code?.startsWith('ERR_SSL_') ?? false),
    title: 'TLS failed in a way this tool does not know',
    means: ({ address, code }) =>
      `TLS with ${address} ended with ${code ?? 'no code'}. Its cause is unknown to this tool.`,
    example: { ...IN_TLS, code: 'ERR_SSL_DIGEST_CHECK_FAILED' },
  }),
  ending({
    id: 'probe.tls',
    level: 'info',
    when: ({ place, code }) => place === 'preamble' && code === undefined,
    title: 'Finished TLS, and left without a byte',
    means: ({ address }) =>
      `The way from ${address} is open as far as TLS. tentacle-ping --level tls and checks of certificates do this; so does a client that expects another thumbprint than ours.`,
    example: AFTER_TLS,
  }),
  ending({
    id: 'tls.reset-after',
    level: 'warn',
    when: ({ place, code, receivedBytes }) => place === 'preamble' && GONE.includes(code ?? '') && receivedBytes === 0,
    title: 'Finished TLS, and reset without a byte',
    means: (sighting) =>
      `${sighting.address} cut the connection as soon as TLS was made. ${sighting.part === 'tentacle' ? 'An Octopus Server' : 'A polling Tentacle'} that expects another thumbprint than ours does so: give it the thumbprint that ${us(sighting)} prints, or give ${us(sighting)} the certificate it expects (--pfx).`,
    example: { ...AFTER_TLS, code: 'ECONNRESET' },
  }),
];
