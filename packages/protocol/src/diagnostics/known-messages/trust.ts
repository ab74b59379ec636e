import { sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { CLIENT_AT, HOST, PORT, THUMBPRINT } from './captured-fields.js';
import { findWeakCertificateLast } from './certificate-steps.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import {
  diagnose,
  diagnoseServer,
  endsIn,
  listenerIn,
  passThrough,
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

/** The subjects that Octopus puts into its certificates: Tentacle, Portal, Server. */
function isOfOctopus(subject: string): boolean {
  return /^CN=Octopus /i.test(subject);
}

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

/** Certificates that one end does not accept. */
export const trustMessages = [
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
    causes: ({ subject }) => {
      const octopus = {
        text: 'the certificate of the end that listens there was renewed, or another instance or machine answers',
        failure: 'trust.unexpected-thumbprint',
      } as const;
      const others = [
        {
          text: `a device in between terminates TLS and presents its own certificate (its subject is ${subject === undefined ? 'then not' : 'not'} 'CN=Octopus ...')`,
          failure: 'trust.intercepted',
        },
        {
          text: 'a web server or load balancer answers at that address and port (its subject is a host name)',
          failure: 'trust.unexpected-thumbprint',
        },
      ] as const;
      if (subject === undefined) return [octopus, ...others];
      return isOfOctopus(subject)
        ? [octopus]
        : [...others, { ...octopus, text: `${octopus.text}, with a certificate of your own` }];
    },
    next: (seen) => {
      const test = diagnose(
        seen,
        'It reports the certificate that is presented, its issuer, and whether it is the same each time.',
      );
      // The thumbprint of a device must not be trusted.
      if (seen.subject !== undefined && !isOfOctopus(seen.subject))
        return [test, passThrough, checkAddress(seen), comparePresented(seen)];
      return [test, comparePresented(seen), ...updateThumbprint(seen), passThrough];
    },
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
    patterns: [
      'before the request could begin:...attempted to read past the end of the stream',
      // Methods of the library in the stack trace show the same.
      'attempted to read past the end of the stream...readremoteidentity',
      'attempted to read past the end of the stream...expectserveridentity',
    ],
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
      findWeakCertificateLast,
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
];
