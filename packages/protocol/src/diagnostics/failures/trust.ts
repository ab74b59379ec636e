import { isOctopusCertificate } from '../../identity/certificate.js';
import type { ConnectionFacts } from '../../trace.js';
import { sanitizeText } from '../../http/http-response.js';
import type { End, Ends } from '../ends.js';
import { proxyName } from './proxy/shared.js';
import { checkPollingName, tryAnotherServerName } from './sni-routing.js';
import {
  conclusiveUnless,
  EXAMPLE_FACTS,
  exampleSignature,
  defineFailure,
  type Observation,
  UNKNOWN,
} from '../failure-definition.js';
import { durationText, hostAndPort, peerName } from '../wording.js';
import { sameCommand, tentacleCommand } from '../product-commands.js';
import { type Step } from '../step.js';
import {
  compareThumbprint,
  logName,
  narrowDown,
  NOT_KNOWN_TO_SERVER,
  passTlsThrough,
  readLog,
  renewCertificate,
  startStandIn,
} from './steps.js';
import { capitalize } from '../wording.js';

/** Codes of a connection that the other end closed or reset, however this system reports it. */
export const CONNECTION_LOST = [
  'END_OF_STREAM',
  'CONNECTION_CLOSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
];

/** Codes of bytes that were not received or not sent in time: by this tool's own deadline, or the system's (`ETIMEDOUT`). */
export const TIMED_OUT = ['READ_TIMEOUT', 'WRITE_TIMEOUT', 'ETIMEDOUT'];

/** Whether the connection ended before the first byte of an identity. */
export function isClosedWithoutReply({ signature }: Observation): boolean {
  return signature.shownAt === 'identity' && signature.receivedBytes === 0 && CONNECTION_LOST.includes(signature.code);
}

/** Whether the peer neither replied to the identity nor closed the connection. */
export function isSilent({ signature }: Observation): boolean {
  return signature.shownAt === 'identity' && signature.receivedBytes === 0 && TIMED_OUT.includes(signature.code);
}

export const trustFailures = [
  defineFailure({
    id: 'trust.unexpected-thumbprint',
    stage: 'trust',
    wholeAddress: 'answered',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.code === 'UNEXPECTED_THUMBPRINT',
    title: 'Unexpected certificate thumbprint',
    explanation: ({ facts }) => {
      const { peerCertificate, expectedThumbprint = 'another thumbprint' } = facts;
      const expected = `Expected ${expectedThumbprint}, but ${peerName(facts)} presented`;
      const shown = WHY_UNEXPECTED[originOf(facts) ?? 'unknown'];
      if (peerCertificate === undefined) return `${expected} no certificate at all.`;
      const { thumbprint, subject, issuer, selfSigned } = peerCertificate;
      const signed = selfSigned
        ? isOctopusCertificate(peerCertificate)
          ? 'self-signed, as Octopus creates them'
          : "self-signed, but not with the name of Octopus's own"
        : `issued by ${sanitizeText(issuer)}, while the certificates of Octopus are self-signed`;
      return `${expected} ${thumbprint} (${sanitizeText(subject)}; ${signed}). Nothing was sent to it.${shown}`;
    },
    remediation: (facts, ends) => {
      const origin = originOf(facts);
      if (origin === 'interception') return [...passTlsThrough(ends), narrowDown(facts, ends)];
      if (ends.there.isStandIn) return expectStandIn(facts, ends);
      return [
        compareThumbprint(ends),
        acceptRenewedCertificate(facts, ends),
        ...(ends.there.product === 'tentacle' ? [tryAnotherServerName(facts)] : checkPollingName(facts, ends)),
        {
          who: 'network-team',
          action: `If ${ends.there.name} shows the expected thumbprint${ends.there.product === 'tentacle' ? ', and no server name helps' : ''}, find the device that terminates TLS and presents a certificate of its own${facts.proxy === undefined ? '' : `, starting with ${proxyName(facts)}`}. Exempt this connection from inspection.`,
        },
      ];
    },
    octopusLogMessages: ['presented an unexpected security certificate. We expected'],
    octopusRetries: false,
    diagnosis: ({ there }, { facts }) =>
      originOf(facts) !== undefined
        ? conclusiveUnless(
            'a load balancer leads connections to several machines that present this certificate, as the page came over another one',
          )
        : there.product === 'tentacle'
          ? {
              kind: 'ambiguous',
              causes: [
                isStandIn(facts, there)
                  ? 'tentacle-pong has a certificate of its own, and the expected one is that of the Tentacle'
                  : 'the Tentacle has a new certificate, or another instance or machine answered',
                'a device in between terminates TLS with a certificate of its own',
                'a router that selects by server name (SNI) leads this name, or TLS without a name, to another machine',
              ],
              howToTell: `Compare with the thumbprint that ${there.name} itself shows (${there.ownThumbprint.where}). If that is the presented one, the certificate is new. If it is the expected one, TLS is intercepted or another machine answered. If --servername with the name that a router knows leads to the expected certificate, the router is the cause.`,
            }
          : {
              kind: 'ambiguous',
              causes: [
                'the Octopus Server has a new certificate, or another server or its web portal answered',
                'a device in between terminates TLS with a certificate of its own',
              ],
              howToTell: `Compare with the thumbprint that ${there.name} itself shows (${there.ownThumbprint.where}). The presented one means a new certificate; the expected one means interception or another port.`,
            },
    example: {
      signature: exampleSignature('trust', 'UNEXPECTED_THUMBPRINT'),
      facts: { ...EXAMPLE_FACTS, expectedThumbprint: 'A'.repeat(40) },
    },
  }),
  defineFailure({
    id: 'trust.closed-after-identity',
    stage: 'trust',
    wholeAddress: 'closed',
    shownAt: ['identity'],
    matches: isClosedWithoutReply,
    title: 'Connection closed right after the identity was sent',
    explanation: ({ signature, facts }, { there }) => {
      const { peerKind, ownThumbprint = 'unknown', subscription = 'no subscription' } = facts;
      const isPolled = there.product === 'server';
      const who = isStandIn(facts, there) ? there.standIn.name : capitalize(there.indefinite);
      return [
        `The TLS handshake with ${peerName(facts)} ended normally on this side. The peer ${signature.code === 'ECONNRESET' ? 'reset' : 'closed'} the connection ${durationText(signature.elapsedUs)} after the identity was sent, without replying.`,
        facts.isTrustedThere === true
          ? `The page of ${who} shows that it accepts your certificate, so it did not reject it.`
          : `${who} does this when it does not trust the client's certificate.`,
        ...(peerKind === 'octopus-server' ? ['Its page says that it is an Octopus Server.'] : []),
        `The presented thumbprint was ${ownThumbprint}${isPolled ? `, for ${subscription}` : ''}.`,
        ...(isPolled ? ['The name, the network and TLS are in order.'] : []),
      ].join(' ');
    },
    remediation: (facts, ends) =>
      isStandIn(facts, ends.there)
        ? trustOnStandIn(facts, ends)
        : [
            readLog(ends.there, checkLogFor(facts, ends)),
            { who: ends.there.administrator, action: ends.there.log.rejection },
            startStandIn(
              facts,
              ends,
              `It accepts any client, and shows which client certificate arrives. If that is yours, ${ends.there.name} rejects it.`,
            ),
            ...(ends.there.product === 'tentacle' ? trustOnTentacle(facts) : trustOnServer),
          ],
    octopusLogMessages: [
      'Attempted to read past the end of the stream.',
      'which is not in the list of thumbprints that we trust',
      'but did not present a client certificate',
      'Unhandled error when handling request from client',
    ],
    octopusRetries: true,
    diagnosis: ({ there }, { facts }) => ({
      kind: 'ambiguous',
      causes: [
        ...reasonsToReject(facts, there),
        'a device in between terminates TLS and passes on no client certificate',
        ...(facts.tlsVersion === 'TLSv1.2' ? [] : [CUT_FLIGHT]),
        'a device in between inspects the content and closes the connection',
        ...(there.product === 'tentacle'
          ? [
              `another ${isStandIn(facts, there) ? 'machine' : 'Tentacle'} answered: a wrong address, or a router that selects by server name (SNI)`,
            ]
          : []),
      ],
      howToTell: isStandIn(facts, there) ? tellByStandIn(there) : tellByLog(there),
    }),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', ownThumbprint: 'B'.repeat(40) },
    },
  }),
  defineFailure({
    id: 'trust.other',
    stage: 'trust',
    shownAt: ['trust'],
    matches: ({ signature }) => signature.shownAt === 'trust',
    title: "The peer's certificate cannot be read",
    explanation: ({ signature, facts }) =>
      `${peerName(facts)} presented a certificate that this tool could not read (${signature.code}).`,
    remediation: (_facts, { there }) => renewCertificate(there),
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: UNKNOWN,
    example: { signature: exampleSignature('trust', 'CERTIFICATE_UNREADABLE'), facts: EXAMPLE_FACTS },
  }),
];

/** Where an unexpected certificate comes from, as far as the page of the peer and its request for a certificate prove it. */
type CertificateOrigin = 'stand-in' | 'interception';

/**
 * Pong's page names the client certificate that arrived: this client's own arrives only where no device terminates TLS. A
 * Halibut listener requests one, so that where none was requested, but its page is shown, a device is in front of it.
 */
function originOf(facts: ConnectionFacts): CertificateOrigin | undefined {
  const { peerKind, peerRole, arrivedThumbprint, ownThumbprint, clientCertificateRequested } = facts;
  if (peerRole !== undefined) return undefined;
  if (arrivedThumbprint !== undefined) return arrivedThumbprint === ownThumbprint ? 'stand-in' : 'interception';
  const isListener = ['tentacle', 'pong', 'halibut'].includes(peerKind ?? '');
  return isListener && clientCertificateRequested === false ? 'interception' : undefined;
}

const WHY_UNEXPECTED: Readonly<Record<CertificateOrigin | 'unknown', string>> = {
  'stand-in':
    ' Your certificate reached tentacle-pong, so no device in between terminates TLS: tentacle-pong has a certificate of its own.',
  interception:
    ' The page of the peer shows that your certificate does not reach it: a device in between terminates TLS.',
  unknown: '',
};

/** A stand-in has a key of its own, unless it is started with that of the Tentacle. */
function expectStandIn({ peerCertificate, ...facts }: ConnectionFacts, { there }: Ends): Step[] {
  const { thumbprint = 'THUMBPRINT' } = peerCertificate ?? {};
  return [
    {
      who: 'you',
      action:
        'Compare the presented thumbprint with the one that tentacle-pong printed when it started. If they are equal, expect that one, or none.',
      ...sameCommand(`tentacle-ping ${hostAndPort(facts)} --thumbprint ${thumbprint}`),
    },
    {
      who: there.administrator,
      action:
        "To test with the Tentacle's own certificate instead, start tentacle-pong with a file that contains it and its key.",
      ...sameCommand(`tentacle-pong --port ${facts.port} --pfx tentacle.pfx`),
    },
  ];
}

/**
 * In TLS 1.3 a client has finished when it has sent its certificate and Finished, and does not learn whether they
 * arrived. In TLS 1.2 the same cut ends the handshake.
 */
const CUT_FLIGHT =
  'a device in between cut or damaged the last part of the TLS 1.3 handshake, which contains your certificate, or the identity';

/** Whether the peer's landing page, or an earlier probe, shows that it is this project's program. */
function isStandIn({ peerKind }: ConnectionFacts, { product }: End): boolean {
  return peerKind === (product === 'tentacle' ? 'pong' : 'ping');
}

/** The reasons for which the other end itself closes, the likeliest first. */
function reasonsToReject(facts: ConnectionFacts, there: End): string[] {
  if (facts.isTrustedThere === true) return [`${there.standIn.name} was stopped at that moment`];
  if (isStandIn(facts, there))
    return [`${there.standIn.name} was started with --trust, without the presented thumbprint`];
  if (there.product === 'tentacle') return ['the Tentacle does not trust the presented thumbprint'];
  return [
    'the Octopus Server does not know the presented thumbprint: the Tentacle is not registered there, or has a new certificate',
    'the target or worker is disabled or deleted, or registered in another space or with another server',
    'with several nodes, this one has not loaded the change yet',
    'the connection limit for this subscription is reached',
  ];
}

/** What the log of a real end shows at its default level, and what only at a lower one. */
function tellByLog({ log, product }: End): string {
  const [level, elsewhere] = product === 'tentacle' ? ['Debug', 'another Tentacle'] : ['Verbose', 'another node'];
  const limit = product === 'tentacle' ? '' : ' It shows a reached limit in any case.';
  return `Check ${log.name} for "Accepted TCP client" with this machine's address at that time. If it is there, the connection arrived; the rejected or missing certificate is logged only at ${level} level in current versions.${limit} "Unhandled error when handling request" for that address means that the handshake was cut; versions after September 2026 do not log it. Without any entry, the connection reached ${elsewhere} or a device in between.`;
}

function tellByStandIn({ standIn: { name } }: End): string {
  return `Check what ${name} printed or recorded about this connection. A rejected thumbprint is shown with the option that accepts it. A handshake that ended early means a device in between. Without any entry, the connection did not arrive there.`;
}

/** Gets this tool past its counterpart, which was started to trust other clients only. */
function trustOnStandIn(facts: ConnectionFacts, { there }: Ends): Step[] {
  const { ownThumbprint = 'THUMBPRINT', port, isTrustedThere } = facts;
  if (isTrustedThere === true) return findCut(there);
  const command = there.product === 'tentacle' ? `tentacle-pong --port ${port}` : `tentacle-ping listen ${port}`;
  return [
    {
      who: there.administrator,
      action: `Restart ${there.standIn.name} with the thumbprint of this tool, or without --trust to accept any client.`,
      ...sameCommand(`${command} --trust ${ownThumbprint}`),
    },
    {
      who: there.administrator,
      action: 'If it already trusts that thumbprint, check in its output how this connection ended.',
    },
  ];
}

/** The other end trusts this one, so that something else ended the connection. */
function findCut({ administrator, standIn }: End): Step[] {
  return [
    {
      who: administrator,
      action: `Check in the output of ${standIn.name} how this connection ended, and whether it was stopped at that time.`,
    },
    {
      who: 'network-team',
      action: 'Check for a device that inspects this connection and cuts it. Exempt the connection from it.',
    },
  ];
}

/** Where the other end has a new certificate, this end is to trust it. */
function acceptRenewedCertificate({ peerCertificate }: ConnectionFacts, { here, there }: Ends): Step {
  const shows = `If ${there.name} shows ${peerCertificate?.thumbprint ?? 'the presented thumbprint'}`;
  if (there.product === 'tentacle') {
    return {
      who: here.administrator,
      action: `${shows}, enter it as the new thumbprint in the Tentacle's settings in Octopus. The certificate of ${there.name} was renewed.`,
    };
  }
  return replaceTrust(shows, ' Its certificate was renewed, or this is another server.');
}

/** What each entry of the other end's log proves. */
function checkLogFor({ ownThumbprint = 'your thumbprint' }: ConnectionFacts, { there }: Ends): string {
  return `Check ${logName(there)} for "Accepted TCP client" at this time. It names the address of this machine, or of a NAT in between. If the log shows ${ownThumbprint} as rejected, your certificate arrived. If it shows that no certificate was presented, a device in between removed it.`;
}

/** Trusts a renewed certificate of a server. Tentacle has had the command since 2018. */
function replaceTrust(condition: string, reason = ''): Step {
  return {
    who: 'tentacle-admin',
    action: `${condition}, let the Tentacle trust the new thumbprint in place of the old one, and restart it.${reason} Before Tentacle 3.24, use configure --trust and --remove-trust.`,
    ...tentacleCommand('update-trust --oldThumbprint=OLD --newThumbprint=NEW', 'service --restart'),
  };
}

/** Gets this tool, or the server, past a Tentacle that rejects it. */
function trustOnTentacle({ ownThumbprint = 'THUMBPRINT' }: ConnectionFacts): Step[] {
  return [
    {
      who: 'tentacle-admin',
      action:
        'To measure calls with this tool, let the Tentacle trust its thumbprint for the duration of the test. Restart the Tentacle while no deployment is running.',
      ...tentacleCommand(`configure --trust=${ownThumbprint}`, 'service --restart'),
    },
    {
      who: 'tentacle-admin',
      action: 'After the test, remove that thumbprint, and restart the Tentacle.',
      ...tentacleCommand(`configure --remove-trust=${ownThumbprint}`, 'service --restart'),
    },
    { who: 'you', action: "Alternatively, run this tool with the Octopus Server's own certificate (--pfx)." },
    {
      who: 'tentacle-admin',
      action:
        "If the Octopus Server itself fails in the same way, compare the thumbprint that the Tentacle trusts with the server's (Configuration > Thumbprint).",
      ...tentacleCommand('show-configuration'),
    },
    replaceTrust("If the server's certificate was renewed"),
  ];
}

/** Gets a Tentacle, or this tool in its place, past a server that rejects it. */
const trustOnServer: Step[] = [
  {
    who: 'server-admin',
    action:
      'If the Tentacle itself fails in the same way, compare its own thumbprint with the one in Octopus (Infrastructure > the target or worker > Settings).',
    ...tentacleCommand('show-thumbprint'),
  },
  { who: 'server-admin', action: NOT_KNOWN_TO_SERVER },
  {
    who: 'you',
    action:
      "To go on, run this tool with the Tentacle's certificate (--pfx) and subscription while the Tentacle is stopped, or poll tentacle-ping --listen. No server trusts this tool's own certificate.",
  },
];
