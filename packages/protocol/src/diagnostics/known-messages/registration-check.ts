import { defineMessage, type MessageFacts } from './known-message.js';
import type { LogOrigin } from './log-origin.js';
import { HOST, PORT, THUMBPRINT } from './captured-fields.js';
import { diagnoseServer, passThrough, POLLING_PORT } from './steps.js';
import { setProxyCredentials } from './proxy-steps.js';
import { diagnoseWebAddress } from './certificate-steps.js';

const CHECK = 'checking that server communications are open...';

/** A Tentacle that is about to poll logs these messages, whatever else their line shows. */
function registering({ origin }: MessageFacts): LogOrigin {
  return { ...origin, product: 'tentacle', mode: 'polling' };
}

/**
 * The check of the communications port before a registration: a POST of "/handshake", through the polling proxy if one
 * is set. The statuses 200 and 400 pass; any other is an exception that names the status.
 */
export const registrationCheckMessages = [
  defineMessage({
    id: 'proxy.registration-auth',
    patterns: [`${CHECK}(407)`, `${CHECK}407 (proxy authentication required)`, `${CHECK}proxy authentication required`],
    text: 'Checking that server communications are open failed with message The remote server returned an error: (407) Proxy Authentication Required.',
    means:
      'During registration, the check of the communications port reached a proxy, which requires a user name and password. The Octopus Server was not contacted.',
    causes: [
      { text: 'the polling proxy has no user name and password, or wrong ones', failure: 'proxy.auth-required' },
      {
        text: 'the proxy is that of the account (system proxy), and rejects this account',
        failure: 'proxy.auth-rejected',
      },
    ],
    next: (seen) => [
      {
        ...diagnoseServer(
          seen,
          'It lists the authentication schemes that the proxy offers; Tentacle supports Basic only.',
        ),
        windows: 'tentacle-ping diagnose OCTOPUS-SERVER:10943 --proxy http://PROXY:3128',
        linux: 'tentacle-ping diagnose OCTOPUS-SERVER:10943 --proxy http://PROXY:3128',
      },
      ...setProxyCredentials({ ...seen, origin: registering(seen) }),
      {
        who: 'network-team',
        action: "Allow Basic authentication for this account, or exempt the server's communications port from it.",
      },
    ],
    decidedBy: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed with message The remote server returned an error: (407) Proxy Authentication Required.. Retrying (1/5) in 00:00:00.7500',
  }),
  defineMessage({
    id: 'page.registration-status',
    patterns: [
      {
        oneOf: ['the remote server returned an error: ('],
        regex: /checking that server communications are open.{1,80}the remote server returned an error: \(\d{3}\)/,
      },
      {
        oneOf: ['response status code does not indicate success'],
        regex: /checking that server communications are open.{1,80}response status code does not indicate success/,
      },
    ],
    captures: [/(?:returned an error: \(|indicate success: )(?<detail>\d{3})/i],
    text: 'Checking that server communications are open failed with message The remote server returned an error: (404) Not Found.',
    means:
      'During registration, a web service answered at the address of the communications port, but with a status that Octopus Server does not send there. TCP and TLS work up to that service.',
    causes: [
      {
        text: '404, 405: another web server on that port, or the address of the web portal was used for the communications port',
        failure: 'identity.http',
      },
      { text: '403, 502, 503: a proxy, gateway or firewall answers in place of the server', failure: 'identity.http' },
      { text: 'a reverse proxy that forwards the web portal only' },
    ],
    next: (seen) => [
      diagnoseServer(seen, 'It shows the page, its title and Server header.', 'on the machine or pod that registers'),
      {
        who: 'tentacle-admin',
        action: `Check the address in the command: --server is the web portal, --server-comms-address (or --server-comms-port, default ${POLLING_PORT}) is the port for polling Tentacles.`,
      },
      passThrough,
    ],
    decidedBy: 'network',
    example:
      '2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed with message The remote server returned an error: (404) Not Found.. Retrying (1/5) in 00:00:00.7500',
  }),
  defineMessage({
    id: 'wss.certificate-not-validated',
    patterns: [
      'the certificate presented by wss://... could not be validated',
      'it is not possible to confirm that it belongs to your octopus server rather than to an attacker',
    ],
    captures: [
      new RegExp(`presented by wss://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i'),
      new RegExp(`its thumbprint is (?<thumbprint>${THUMBPRINT})`, 'i'),
    ],
    text: 'The certificate presented by wss://... could not be validated (RemoteCertificateChainErrors). Its thumbprint is ....',
    means:
      "Since September 2026, registering over WebSocket asks before it trusts a certificate that a web client would reject. It is the certificate of the WebSocket address (HTTP.sys, IIS or a gateway), not Octopus's own, and not the REST address's.",
    causes: [
      { text: 'the certificate is self-signed or from a private CA: usual, and safe if the thumbprint is right' },
      { text: 'the name in the address is not in the certificate' },
      { text: 'an inspecting device presents its own certificate', failure: 'trust.intercepted' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: 'Compare the thumbprint in the message with the one that is bound to the port on the Octopus Server.',
        windows: 'netsh http show sslcert',
      },
      diagnoseWebAddress(seen),
      {
        who: 'tentacle-admin',
        action:
          'Only if the thumbprints are equal: confirm the question, or in a script add --dangerously-skip-certificate-validation to the registration command.',
      },
    ],
    decidedBy: 'both',
    example: `The certificate presented by wss://octopus.example:443/OctopusComms could not be validated (RemoteCertificateChainErrors). Its thumbprint is ${'A1'.repeat(20)}.`,
  }),
  defineMessage({
    id: 'trust.no-thumbprint-at-registration',
    patterns: [
      'unable to determine the thumbprint of the octopus server',
      'did not recieve a certificate from the server',
      'did not receive a certificate from the server',
    ],
    text: 'Unable to determine the thumbprint of the Octopus Server',
    means:
      'The check of the communications port received an answer, but no certificate with it. Octopus Server always presents one.',
    causes: [
      { text: 'the answer came from a proxy or cache instead of the server', failure: 'trust.intercepted' },
      { text: 'another service without a certificate answers there', failure: 'tls.not-tls' },
    ],
    next: (seen) => [
      diagnoseServer(
        seen,
        'It reports the certificate, and which service answers.',
        'on the machine or pod that registers',
      ),
      passThrough,
    ],
    decidedBy: 'network',
    example: 'System.Exception: Unable to determine the thumbprint of the Octopus Server',
  }),
];
