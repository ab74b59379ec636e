import { findWeakCertificateLast } from './certificate-steps.js';
import { type Cause, defineMessage } from './known-message.js';
import { diagnose, diagnoseServer, passThrough, pong } from './steps.js';
import { checkAddress } from './trust-steps.js';

/** Identities that are not those of the other end. */
export const identityMessages = [
  defineMessage({
    id: 'identity.following-line-not-empty',
    patterns: [
      'unable to receive the remote identity; the following line was not empty',
      // The page itself, which the library logs line by line behind the address of the connection.
      {
        oneOf: ['http/1.0 ', 'http/1.1 '],
        regex: /(?:https|wss):\/\/[^\s"]{1,255}"? {1,30}\d{1,6} {1,3}"?http\/1\.[01] \d{3}\b/,
      },
    ],
    captures: [/http\/1\.[01] (?<detail>\d{3}\b)/i],
    text: 'Unable to receive the remote identity; the following line was not empty.',
    means:
      'After TLS, a web page with headers arrived instead of "MX-SERVER 1.0". (Libraries from before the end of 2022 log "unknown identity type: \'HTTP/1.0\'" instead.)',
    causes: [
      { text: 'a proxy, gateway or web application firewall replied instead of Octopus', failure: 'identity.http' },
      { text: 'the port belongs to a web server', failure: 'identity.http' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports the status, title and Server header of the reply.'),
      passThrough,
      checkAddress(seen),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Unable to receive the remote identity; the following line was not empty.',
  }),
  defineMessage({
    id: 'identity.unknown-type',
    patterns: ['unable to process remote identity; unknown identity'],
    captures: [/unknown identity(?: type:)? '?(?<detail>[^'\s]{1,60})/i],
    text: "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    means:
      'After TLS, the data received was not a Halibut identity. \'HTTP/...\' is a web page, which the log contains after the word "Response:".',
    causes: [
      { text: 'a proxy, gateway or web application firewall replied instead of Octopus', failure: 'identity.http' },
      { text: 'the port belongs to another TLS service', failure: 'identity.unknown' },
    ],
    next: (seen) => [
      diagnose(seen, 'It identifies the service and shows its first bytes.'),
      passThrough,
      checkAddress(seen),
    ],
    decidedBy: 'network',
    example:
      "2019-09-26 12:13:33 [Error] Halibut.Transport.Protocol.ProtocolException: Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
  }),
  defineMessage({
    id: 'identity.line-empty',
    patterns: ['unable to receive the remote identity; the identity line was empty'],
    text: 'Unable to receive the remote identity; the identity line was empty.',
    means: 'After TLS, an empty line arrived, or the connection ended, where the identity was expected.',
    causes: ({ port }) => {
      const causes: readonly Cause[] = [
        { text: 'an old Tentacle with a weak certificate', failure: 'identity.empty' },
        { text: 'a load balancer that terminates TLS, WebSocket included (not supported)', failure: 'identity.empty' },
      ];
      // On the port of websites, the load balancer in front of one is the likelier cause.
      return port === '443' ? causes.toReversed() : causes;
    },
    next: (seen) => [
      diagnose(
        seen,
        "It reports the certificate's key size and signature algorithm, and whether it is the expected certificate.",
      ),
      findWeakCertificateLast,
      passThrough,
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Unable to receive the remote identity; the identity line was empty.',
  }),
  defineMessage({
    id: 'identity.not-a-server',
    patterns: [
      'expected the remote endpoint to identity as a server',
      'expected the remote endpoint to identify as a server',
    ],
    captures: [/it identified as: (?<detail>\w{1,40})/i],
    text: 'Expected the remote endpoint to identity as a server. Instead, it identified as: ...',
    means: 'Two ends of the same kind are connected: both identify as the client.',
    causes: [{ text: 'the address leads to another client, not to a listener', failure: 'identity.unexpected-role' }],
    next: (seen) => [diagnose(seen, 'It reports the identity of the other end.'), checkAddress(seen)],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Expected the remote endpoint to identity as a server. Instead, it identified as: Client',
  }),
  defineMessage({
    id: 'identity.no-subscription-id',
    patterns: ['identified as a subscriber, but did not supply a subscription id'],
    text: '... client identified as a subscriber, but did not supply a subscription ID.',
    means: 'The polling client violated the protocol: it has to name its subscription.',
    causes: [
      { text: 'the polling client is not a Tentacle', failure: 'identity.unknown' },
      { text: 'a device inside TLS changes the data', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [diagnoseServer(seen, 'It reports whether TLS is end to end with the server.'), passThrough],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Unable to receive the remote identity; the client identified as a subscriber, but did not supply a subscription ID.',
  }),
  defineMessage({
    id: 'identity.bad-control-line',
    patterns: ["unexpected byte after '...' in control message", 'unexpected byte after ... in control message: 0x'],
    captures: [/in control message: (?<detail>0x[0-9a-f]{1,2})/i],
    text: "Unexpected byte after '\\r' in control message: 0x...",
    means: 'A protocol line did not end with CR LF.',
    causes: [
      { text: 'the other end is not an Octopus end', failure: 'identity.unknown' },
      { text: 'a device inside TLS changes the data', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [diagnose(seen, 'It shows the bytes received.'), pong(seen), passThrough],
    decidedBy: 'network',
    example: "2024-03-05 10:15:20.1234 ERROR  Unexpected byte after '\\r' in control message: 0x0D",
  }),
];
