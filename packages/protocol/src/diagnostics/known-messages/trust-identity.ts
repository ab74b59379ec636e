import { sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { ADDRESS, HOST, PORT, THUMBPRINT } from './captured-fields.js';
import { findWeakCertificate } from './certificate-steps.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import {
  diagnose,
  diagnoseServer,
  endsIn,
  listenerIn,
  passThrough,
  pong,
  showThumbprint,
  whereItConnects,
  writerAdmin,
} from './steps.js';
import {
  acceptClient,
  checkAddress,
  comparePresented,
  readRejection,
  rejectionCauses,
  updateThumbprint,
} from './trust-steps.js';

const CLIENT_AT = new RegExp(`client at (?<client>${ADDRESS})`, 'i');
const SERVER_AT = new RegExp(`(?:server|host|wss) (?:at )?(?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i');

/** Expected and presented thumbprint, in the wording of Halibut and of its predecessor. */
const TWO_THUMBPRINTS = [
  new RegExp(
    `with the thumbprint '(?<expectedThumbprint>${THUMBPRINT})'.{0,80}thumbprint of '(?<presentedThumbprint>${THUMBPRINT})'(?: and subject '(?<subject>[^']{1,200})')?`,
    'i',
  ),
  new RegExp(
    `certificate with thumbprint: (?<expectedThumbprint>${THUMBPRINT}); instead the machine provided: (?<presentedThumbprint>${THUMBPRINT})`,
    'i',
  ),
  SERVER_AT,
];

const POLLING = { product: 'tentacle', mode: 'polling', direction: 'outgoing' } as const;

/** The wait grows with the time since the last success, from 5 s to 2 minutes: the shortest one is a first failure. */
function retryMeaning({ detail, details = detail === undefined ? [] : [detail] }: MessageFacts): string {
  const closed =
    'The server closed the connection of a polling Tentacle where the Tentacle waited for data. "After the request began" means only that the call is not retried.';
  const seconds = details.map((text) => Number.parseFloat(text.replace(',', '.')));
  const longest = Math.max(...seconds);
  if (seconds.length === 0 || Number.isNaN(longest))
    return `${closed} "Retrying in 5.0 seconds" is the first failure after a success; a growing interval is a series.`;
  return longest <= FIRST_RETRY_SECONDS
    ? `${closed} The wait of 5 s is that of a first failure: the connection had worked, or the Tentacle has just started. Growing waits after it would be a series.`
    : `${closed} A wait of ${longest} s is longer than the first one (5 s): it is one of a series of attempts that all failed.`;
}

/** The shortest wait of Halibut's polling client. */
const FIRST_RETRY_SECONDS = 5;

/** The last cause to check: replacing a certificate takes both ends. */
const weakCertificate: Step = {
  ...findWeakCertificate,
  action: `If the thumbprints are right at both ends: ${findWeakCertificate.action} Run explain tls.no-common-algorithm for how to replace it.`,
};

/** What the level of the line shows about the version, or at which level to look for more of them. */
function levelOfRejection({ origin }: MessageFacts): string {
  if (origin?.level === 'info')
    return 'It is at Info level, so the version is older than Tentacle 8.1.1322 or Server 2024.2.4275; newer ones write it only at Debug level.';
  return 'From Tentacle 8.1.1322 and Server 2024.2.4275 on, this line is only written at Debug level.';
}

/** Whether one of the waits in the messages is longer than that of a first failure. */
function isSeries({ detail = '', details = [detail] }: MessageFacts): boolean {
  return details.some((text) => Number.parseFloat(text.replace(',', '.')) > FIRST_RETRY_SECONDS);
}

/** Whether a cause belongs to a rejected thumbprint, not to a full list of connections. */
function isAboutThumbprint({ failure }: Cause): boolean {
  return failure !== 'poll.connection-limit';
}

/** Compares the certificates that arrive at a stand-in beside the listening end with those that were sent. */
function compareCertificates(seen: MessageFacts): Step {
  const host = listenerIn(seen)?.host ?? 'the host that logged this message';
  const address = listenerIn(seen)?.product === 'server' ? 'OCTOPUS-SERVER:10944' : 'TENTACLE:10934';
  return {
    who: 'you',
    action: `Start tentacle-pong --port ${address.slice(-5)} on ${host}, and run diagnose against it ${whereItConnects(seen)}. tentacle-pong reports the client certificate that arrives; diagnose reports whether it sees another server certificate.`,
    ...sameCommand(`tentacle-ping diagnose ${address}`),
  };
}

export const trustIdentityMessages = [
  defineMessage({
    id: 'wss.unexpected-certificate',
    patterns: ['wss://... presented an unexpected security certificate'],
    captures: TWO_THUMBPRINTS,
    text: 'The server at wss://... presented an unexpected security certificate. ...',
    means:
      "The Tentacle received a certificate other than the expected one. Over WebSocket it sees the certificate that HTTP.sys, IIS or a gateway binds to the port, not Octopus's own.",
    causes: [
      { text: "the Tentacle was configured with Octopus's own thumbprint instead of the web server's" },
      { text: "the web server's certificate was renewed" },
      { text: 'a gateway in front of the server presents its own certificate' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'It reports the certificate that the port presents.'),
      {
        who: 'tentacle-admin',
        action: "Trust the web server's thumbprint: the one that netsh lists for the port on the Octopus Server.",
        windows: 'netsh http show sslcert',
      },
    ],
    decidedBy: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  The server at wss://octopus.example:443/OctopusComms presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${'A1'.repeat(20)}'. Instead, it presented a certificate with a thumbprint of '${'B2'.repeat(20)}' and subject 'CN=octopus.example'.`,
  }),
  defineMessage({
    id: 'trust.unexpected-certificate',
    patterns: [
      'presented an unexpected security certificate',
      'we aborted the connection because the remote host was not authenticated',
    ],
    captures: TWO_THUMBPRINTS,
    text: "The server at ... presented an unexpected security certificate. We expected ... thumbprint '...'. Instead, it presented ... '...' and subject '...'. ...",
    means:
      'TCP and TLS work, but the other side presented a certificate other than the expected one. No request was sent to it.',
    causes: [
      {
        text: 'the certificate of the end that listens there was renewed, or another instance or machine answers',
        failure: 'trust.unexpected-thumbprint',
      },
      {
        text: "a device in between terminates TLS and presents its own certificate (its subject is then not 'CN=Octopus ...')",
        failure: 'trust.intercepted',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports the certificate that is presented, its issuer, and whether it is the same each time.'),
      comparePresented(seen),
      ...updateThumbprint(seen),
      passThrough,
    ],
    decidedBy: 'network',
    example: `2024-03-05 10:15:20.1234   4508     27 ERROR  https://web01.example:10933/    27  The server at https://web01.example:10933/ presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${'A1'.repeat(20)}'. Instead, it presented a certificate with a thumbprint of '${'B2'.repeat(20)}' and subject 'CN=Octopus Tentacle'. This usually happens when the client has been configured to expect the server to have the wrong certificate`,
  }),
  defineMessage({
    id: 'poll.server-closed-after-identity',
    patterns: [
      'halibut client exception:...attempted to read past the end of the stream',
      'exception in the polling loop...attempted to read past the end of the stream',
    ],
    captures: [/retrying in (?<detail>[\d.,]{1,8} seconds)/i],
    text: 'Halibut client exception: ... Attempted to read past the end of the stream. Retrying in ... seconds',
    means: retryMeaning,
    causes: (seen) => {
      const ended = {
        text: 'the server was restarted or stopped, or a device closed an idle connection: single lines with 5.0 s',
      } as const;
      const rejected = rejectionCauses({ ...seen, origin: POLLING });
      return isSeries(seen) ? [...rejected, ended] : [ended, ...rejected];
    },
    next: (seen) => {
      const polling = { ...seen, origin: { ...seen.origin, ...POLLING } };
      return [
        {
          who: 'you',
          action:
            'Compare the seconds at the end of these lines. 5.0 s each time, with working polls between them: connections end by themselves. Growing to 2 minutes: the server rejects each attempt.',
        },
        ...readRejection(polling),
        diagnose(polling, 'It reports the certificate presented and how the connection ends.'),
        showThumbprint,
        ...acceptClient(polling),
        passThrough,
      ];
    },
    decidedBy: 'both',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  https://octopus.example:10943/    27  Halibut client exception: An error occurred when sending a request to 'https://octopus.example:10943/', after the request began: Attempted to read past the end of the stream. Retrying in 5.0 seconds",
  }),
  defineMessage({
    id: 'trust.closed-before-request',
    patterns: ['before the request could begin:...attempted to read past the end of the stream'],
    text: "An error occurred when sending a request to 'https://.../', before the request could begin: Attempted to read past the end of the stream.",
    means: (seen) =>
      `TLS was complete and the identity was sent, but ${listenerIn(seen)?.name ?? 'the other end'} closed the connection without replying. An Octopus end does this when it does not trust the client.`,
    causes: (seen) => [
      ...rejectionCauses(seen),
      {
        text: "a SHA-1 certificate that a hardened system rejects; most often the Octopus Server's, from before 3.14",
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      ...readRejection(seen),
      diagnose(seen, 'It reports "closed after identity" in this case, and the certificate presented.'),
      ...acceptClient(seen),
      weakCertificate,
      passThrough,
    ],
    decidedBy: 'network',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Attempted to read past the end of the stream.",
  }),
  defineMessage({
    id: 'trust.thumbprint-not-in-list',
    patterns: ['which is not in the list of thumbprints that we trust'],
    captures: [CLIENT_AT],
    text: "A client at ... connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '...' which is not in the list of thumbprints that we trust",
    means: (seen) =>
      `A client with this thumbprint connected and was rejected by ${endsIn(seen)?.here.name ?? 'the end that wrote this'}. The client itself logs "Attempted to read past the end of the stream". ${levelOfRejection(seen)}`,
    causes: (seen) => {
      const here = endsIn(seen)?.here.product;
      const stranger = { text: 'an unrelated client: tentacle-ping with its own certificate, or a scanner' } as const;
      if (here !== undefined) return [...rejectionCauses(seen).slice(0, -1).filter(isAboutThumbprint), stranger];
      return [...rejectionCauses(seen).slice(0, -1), stranger];
    },
    next: (seen) => [
      {
        who: writerAdmin(seen),
        action: `Find out whose thumbprint it is: ${seen.thumbprint ?? 'the one in the message'}. The server shows its own at Configuration > Thumbprint, a Tentacle with this command.`,
        ...tentacleCommand('show-thumbprint'),
      },
      ...acceptClient(seen),
    ],
    decidedBy: 'both',
    example: `2024-03-05 10:15:20.1234   4508     27 DEBUG  listen://[::]:10933/    27  A client at [::ffff:10.1.2.3]:51234 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${'C3'.repeat(20)}' which is not in the list of thumbprints that we trust`,
  }),
  defineMessage({
    id: 'trust.no-client-certificate',
    patterns: ['but did not present a client certificate'],
    captures: [CLIENT_AT],
    text: 'A client at ... connected, and attempted a message exchange, but did not present a client certificate',
    means: 'A client that speaks Halibut connected without a certificate. Octopus and Tentacle always present one.',
    causes: [
      {
        text: 'a device in between re-encrypts TLS, which removes the client certificate',
        failure: 'trust.client-certificate-missing',
      },
      { text: 'a test tool without a certificate' },
    ],
    next: (seen) => [compareCertificates(seen), passThrough],
    decidedBy: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27 DEBUG  listen://[::]:10933/    27  A client at 10.1.2.3:51234 connected, and attempted a message exchange, but did not present a client certificate',
  }),
  defineMessage({
    id: 'trust.aborted-before-established',
    patterns: ['aborted the connection before it was fully established'],
    captures: [
      SERVER_AT,
      new RegExp(`we provided a certificate with a thumbprint of '(?<thumbprint>${THUMBPRINT})'`, 'i'),
    ],
    text: "The server ... aborted the connection before it was fully established. This usually means that the server rejected the certificate that we provided. We provided a certificate with a thumbprint of '...'.",
    means: 'The connection was reset. The message suggests a trust problem, but any reset produces it.',
    causes: [
      { text: 'the other end does not trust the thumbprint in the message', failure: 'trust.closed-after-identity' },
      {
        text: 'a firewall or inspecting device resets the connection when TLS or the first bytes pass',
        failure: 'tls.reset',
      },
      { text: 'large packets are lost in transit (MTU): a reset about 15 s after the start', failure: 'tls.silent' },
      { text: 'the service was stopping', failure: 'rpc.reset' },
    ],
    next: (seen) => [
      diagnose(seen, 'The stage and the time of the reset separate trust, a device and packet size.'),
      ...readRejection(seen),
      ...acceptClient(seen),
    ],
    decidedBy: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  The server https://web01.example:10933/ aborted the connection before it was fully established. This usually means that the server rejected the certificate that we provided. We provided a certificate with a thumbprint of '${'D4'.repeat(20)}'.`,
  }),
  defineMessage({
    id: 'trust.host-reset',
    patterns: ['this may mean that the expected listening service does not trust the thumbprint'],
    captures: [SERVER_AT, new RegExp(`does not trust the thumbprint (?<thumbprint>${THUMBPRINT})`, 'i')],
    text: 'The remote host at ... reset the connection. This may mean that the expected listening service does not trust the thumbprint ... or was shut down.',
    means:
      'The connection was reset while in use. The message suggests a trust problem, but a stopped service or a device in between produces the same message.',
    causes: [
      { text: 'the other end does not trust the thumbprint in the message', failure: 'trust.closed-after-identity' },
      { text: 'the service stopped or restarted', failure: 'rpc.reset' },
      { text: 'a firewall or inspecting device resets the connection', failure: 'tls.reset' },
    ],
    next: (seen) => [
      diagnose(seen, 'The stage of the reset separates trust from a device.'),
      ...readRejection(seen),
      ...acceptClient(seen),
    ],
    decidedBy: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  https://web01.example:10933/    27  The remote host at https://web01.example:10933/ reset the connection. This may mean that the expected listening service does not trust the thumbprint ${'D4'.repeat(20)} or was shut down.`,
  }),
  defineMessage({
    id: 'trust.remote-host-aborted',
    patterns: ['the remote host aborted the connection. this can happen when the remote server does not trust'],
    text: 'The remote host aborted the connection. This can happen when the remote server does not trust the certificate that we provided.',
    means: 'The other end dropped the connection. This is the wording of Octopus 2.x.',
    causes: [
      { text: 'the other end does not trust this thumbprint', failure: 'trust.closed-after-identity' },
      { text: 'the connection was reset in transit', failure: 'tls.reset' },
    ],
    next: (seen) => [...readRejection(seen), diagnose(seen), ...acceptClient(seen)],
    decidedBy: 'both',
    example:
      'Pipefish.PipefishException: The remote host aborted the connection. This can happen when the remote server does not trust the certificate that we provided. ---> System.IO.IOException: Unable to read data from the transport connection',
  }),
  defineMessage({
    id: 'identity.following-line-not-empty',
    patterns: ['unable to receive the remote identity; the following line was not empty'],
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
      const causes = [
        { text: 'an old Tentacle with a weak certificate', failure: 'identity.empty' },
        { text: 'a load balancer that terminates TLS, WebSocket included (not supported)', failure: 'identity.empty' },
      ] as const;
      // On the port of websites, the load balancer in front of one is the likelier cause.
      return port === '443' ? causes.toReversed() : causes;
    },
    next: (seen) => [
      diagnose(
        seen,
        "It reports the certificate's key size and signature algorithm, and whether it is the expected certificate.",
      ),
      weakCertificate,
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
  defineMessage({
    id: 'trust.rejecting-connection',
    patterns: ['rejecting connection: the client at ... provided a certificate with thumbprint'],
    captures: [CLIENT_AT, new RegExp(`certificate with thumbprint (?<thumbprint>${THUMBPRINT})`, 'i')],
    text: 'Rejecting connection: the client at ... provided a certificate with thumbprint ..., while the server trusts ...',
    means:
      'A Tentacle that the server does not know (or no longer knows) polled it. Octopus 2.x writes this; newer versions write "not in the list of thumbprints".',
    causes: [
      { text: 'a Tentacle that was removed or disabled in Octopus still polls' },
      {
        text: "a Tentacle's certificate was renewed without updating the server",
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: `Find the machine${seen.client === undefined ? '' : ` at ${seen.client}`} and compare its thumbprint with the one in Octopus.`,
        ...tentacleCommand('show-thumbprint'),
      },
      ...acceptClient({ ...seen, origin: { ...seen.origin, product: 'server', mode: 'polling' } }),
      {
        who: 'tentacle-admin',
        action: 'If that Tentacle is not needed any more, stop its service.',
        ...tentacleCommand('service --stop'),
      },
    ],
    decidedBy: 'both',
    example: `2014-03-11 15:16:47.6010  ERROR  Rejecting connection: the client at 10.1.2.3:51234 provided a certificate with thumbprint ${'E5'.repeat(20)}, while the server trusts ${'F6'.repeat(20)} for polling endpoints.`,
  }),
  defineMessage({
    id: 'trust.cloned-machine',
    patterns: [
      {
        oneOf: ['deployed to'],
        regex: /deployed to \w{1,30} instead of \w{1,30}/,
      },
      'cloned vm, same certificate',
      'cloned vm with the same certificate',
      'two machines with the same thumbprint',
    ],
    text: '(Deployed to production instead of dev: cloned VM, same certificate)',
    means:
      'Two machines with the same certificate and subscription are a single Tentacle to the server. Each of its calls reaches one or the other.',
    causes: [{ text: 'a machine was cloned together with its Tentacle, certificate and subscription' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare the thumbprint and the subscription on both machines.',
        ...tentacleCommand('show-thumbprint', 'show-configuration'),
      },
      {
        who: 'tentacle-admin',
        action: 'Create a new certificate on the clone, and restart it. Octopus does not know that thumbprint yet.',
        ...tentacleCommand('new-certificate', 'service --restart'),
      },
      {
        who: 'tentacle-admin',
        action: 'Register the clone as a machine of its own.',
        ...tentacleCommand(
          'register-with --server https://OCTOPUS-SERVER --apiKey API-KEY --name NAME --environment ENVIRONMENT --role ROLE --comms-style TentacleActive --force',
        ),
      },
    ],
    decidedBy: 'both',
    example: 'Deployed to production instead of dev: cloned VM, same certificate',
  }),
  defineMessage({
    id: 'trust.nothing-trusted',
    patterns: ['the agent is not configured to trust any octopus servers'],
    text: 'The agent is not configured to trust any Octopus Servers.',
    means: 'This Tentacle rejects every client: it was never configured to trust an Octopus Server.',
    causes: [
      {
        text: 'it was installed but not yet configured, or its list was cleared (--reset-trust)',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: 'List the thumbprints that it trusts.',
        ...tentacleCommand('show-configuration'),
      },
      ...acceptClient({ ...seen, origin: { ...seen.origin, product: 'tentacle', mode: 'listening' } }),
    ],
    decidedBy: 'host',
    example: '2024-03-05 10:15:20.1234   4508      1  INFO  The agent is not configured to trust any Octopus Servers.',
  }),
  defineMessage({
    id: 'wss.no-thumbprint',
    patterns: [
      'could not determine thumbprint of the ssl certificate at',
      'unable to determine the thumbprint of the certificate presented by',
    ],
    captures: [
      new RegExp(`certificate (?:at|presented by) (?:wss|https)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i'),
    ],
    text: 'Could not determine thumbprint of the SSL Certificate at wss://...',
    means: 'The Tentacle connected to the WebSocket address to read its certificate, but received none.',
    causes: [
      { text: 'nothing is listening there', failure: 'tcp.refused' },
      { text: 'the service there does not speak TLS, or has no certificate bound to the port', failure: 'tls.not-tls' },
      { text: 'the TLS handshake fails', failure: 'tls.closed' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'It reports the stage at which the connection fails.'),
      {
        who: 'server-admin',
        action: "Bind a certificate to the WebSocket listener's port.",
        windows: 'netsh http show sslcert',
      },
    ],
    decidedBy: 'network',
    example: 'Could not determine thumbprint of the SSL Certificate at wss://octopus.example:443/OctopusComms',
  }),
  defineMessage({
    id: 'wss.windows-only',
    patterns: [
      'websockets is only supported on windows server 2012 and later',
      'cannot act as the client in a websocket polling setup',
    ],
    text: 'Websockets is only supported on Windows Server 2012 and later',
    means: 'This system does not support WebSockets for Octopus. Nothing was sent.',
    causes: [{ text: 'a Windows version that is too old' }],
    next: () => [
      { who: 'server-admin', action: 'Use a polling Tentacle over TCP 10943 or 443, or a newer Windows version.' },
    ],
    decidedBy: 'host',
    example: 'Websockets is only supported on Windows Server 2012 and later',
  }),
  defineMessage({
    id: 'wss.address-prefix',
    patterns: [
      'the websocket address must start with wss://',
      'web socket listen prefixes must start with https://',
      'only wss:// endpoints are supported',
    ],
    text: 'The websocket address must start with wss:// / Web socket listen prefixes must start with https://',
    means: 'The format of the address is wrong. Nothing was sent.',
    causes: [{ text: 'the prefix is missing: a Tentacle requires wss://host:443/path, the server https://+:443/path' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Enter the address with its prefix.',
        ...tentacleCommand(
          'register-with --server https://OCTOPUS-SERVER --apiKey API-KEY --server-web-socket=wss://OCTOPUS-SERVER:443/OctopusComms --comms-style TentacleActive --environment ENVIRONMENT --role ROLE',
        ),
      },
    ],
    decidedBy: 'host',
    example: 'The websocket address must start with wss://',
  }),
  defineMessage({
    id: 'trust.no-server-certificate',
    patterns: ['the server did not provide an ssl certificate'],
    text: 'The server did not provide an SSL certificate',
    means: 'Discovery completed TLS but received no certificate. Octopus ends always present one.',
    causes: [{ text: 'another TLS service, or a device in between', failure: 'trust.unexpected-thumbprint' }],
    next: (seen) => [diagnose(seen, 'It identifies the service that replies.'), checkAddress(seen)],
    decidedBy: 'network',
    example: 'Halibut.HalibutClientException: The server did not provide an SSL certificate',
  }),
];
