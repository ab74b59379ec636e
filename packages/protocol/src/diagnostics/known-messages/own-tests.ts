import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { HOST, PORT } from './captured-fields.js';
import { defineMessage, type MessageFacts } from './known-message.js';
import { openPort, POLLING_PORT, TENTACLE_PORT, whoListens } from './steps.js';

/** The same test with tentacle-ping, which separates the causes that the tool does not. */
const diagnoseThere = (seen: MessageFacts, why: string): Step => ({
  who: 'you',
  action: `Run diagnose on the same machine. ${why}`,
  ...sameCommand(`tentacle-ping diagnose ${seen.host ?? 'HOST'}:${seen.port ?? 'PORT'}`),
});

/** A Tentacle's port and the server's port for pollers: both present a certificate that Octopus made. */
function isOctopusPort({ port }: MessageFacts): boolean {
  return port === TENTACLE_PORT || port === POLLING_PORT;
}

/** What an administrator's own test of a port printed: PowerShell, telnet and browsers, as the official guide proposes. */
export const ownTestMessages = [
  defineMessage({
    id: 'tcp.port-test-failed',
    patterns: [
      { oneOf: ['tcptestsucceeded'], regex: /tcptestsucceeded ?: ?false/ },
      { oneOf: ['warning: tcp connect to'], regex: /tcp connect to \(.{1,80}\) failed/ },
      {
        oneOf: ['could not open connection to the host'],
        regex: /could not open connection to the host, on port \d{1,5}/,
      },
      'telnet: unable to connect to remote host',
    ],
    captures: [
      new RegExp(`tcp connect to \\((?<host>${HOST}) ?: ?(?<port>${PORT})\\)`, 'i'),
      new RegExp(`connecting to (?<host>${HOST}?)\\.{3}`, 'i'),
      new RegExp(`on port (?<port>${PORT}): connect failed`, 'i'),
    ],
    text: 'WARNING: TCP connect to (... : ...) failed / TcpTestSucceeded : False / Could not open connection to the host, on port ...: Connect failed',
    means:
      'Your test of a port failed. It does not show whether the port was refused or did not answer. A ping that succeeds beside it shows only that the host is up.',
    causes: [
      { text: 'no answer: a firewall or cloud security group drops the packets', failure: 'tcp.timeout' },
      { text: 'refused: nothing listens on that port, or a firewall rejects the connection', failure: 'tcp.refused' },
    ],
    next: (seen) => [diagnoseThere(seen, 'It reports which of the two it is.'), whoListens(seen), openPort(seen)],
    decidedBy: 'network',
    example: 'WARNING: TCP connect to (10.1.1.1 : 10933) failed',
  }),
  defineMessage({
    id: 'tls.browser-certificate',
    patterns: [
      'err_cert_authority_invalid',
      'err_cert_common_name_invalid',
      'err_cert_date_invalid',
      'sec_error_unknown_issuer',
      'mozilla_pkix_error_self_signed_cert',
      'your connection is not private',
      { oneOf: ['verify error:num=18', 'verify return code: 18'], regex: /verify (?:error:num=|return code: )18/ },
    ],
    text: 'NET::ERR_CERT_AUTHORITY_INVALID / SEC_ERROR_UNKNOWN_ISSUER',
    means:
      'A browser or openssl does not accept the certificate. At the ports of Octopus (10933, 10943) that is normal: name, TCP and TLS work. Continue to the page, and choose Cancel if it asks for a certificate.',
    causes: (seen) => [
      { text: 'at a port of Octopus: its certificate is self-signed, and the two ends compare thumbprints only' },
      ...(isOctopusPort(seen)
        ? []
        : [{ text: 'at the web address: its certificate is from a private CA, has expired or has another name' }]),
    ],
    next: (seen) => [
      diagnoseThere(seen, 'It reports whose certificate is presented, and what a web client objects to.'),
    ],
    decidedBy: 'network',
    example: 'NET::ERR_CERT_AUTHORITY_INVALID',
  }),
  defineMessage({
    id: 'tls.browser-handshake',
    patterns: [
      'err_ssl_protocol_error',
      'err_ssl_version_or_cipher_mismatch',
      'err_connection_closed',
      'err_empty_response',
      'err_bad_ssl_client_auth_cert',
      'err_ssl_client_auth',
      'ssl_error_rx_record_too_long',
      'ssl_error_no_cypher_overlap',
      'ssl_error_handshake_failure_alert',
      'pr_end_of_file_error',
      'no peer certificate available',
    ],
    text: 'ERR_SSL_PROTOCOL_ERROR / ERR_CONNECTION_CLOSED / SSL_ERROR_RX_RECORD_TOO_LONG / ERR_BAD_SSL_CLIENT_AUTH_CERT',
    means:
      'A browser or openssl connected by TCP, but TLS failed or the connection was closed. A port of Octopus that works presents a certificate and shows a page.',
    causes: [
      { text: 'the port does not speak TLS, or http:// and https:// are mixed up', failure: 'tls.not-tls' },
      { text: 'the two have no TLS version or cipher suite in common', failure: 'tls.version' },
      { text: 'a firewall, proxy or load balancer closes the connection', failure: 'tls.closed' },
      { text: 'a certificate was chosen in the browser: choose Cancel when it asks for one' },
    ],
    next: (seen) => [
      diagnoseThere(seen, 'It reports the stage that fails, the TLS versions and the service that answers.'),
    ],
    decidedBy: 'network',
    example: 'ERR_SSL_PROTOCOL_ERROR',
  }),
];
