import { isServiceNotFound } from '../../halibut/messages.js';
import { identifyPage } from '../../http/landing-page.js';
import { conclusiveUnless, defineFailure, EXAMPLE_FACTS, exampleSignature } from '../failure-definition.js';
import { peerName } from '../wording.js';
import { sameCommand, tentacleCommand } from '../product-commands.js';
import { isClosedWithoutReply, isSilent } from './trust.js';
import type { ConnectionFacts } from '../../trace.js';

/** The name in the certificate that Octopus Server creates for itself; a Tentacle's is `CN=Octopus Tentacle`. */
const SERVER_CERTIFICATE = 'CN=Octopus Portal';

/**
 * Whether the peer is what polling Tentacles connect to, by its page. Without a page that names a program, the name in the
 * certificate decides: Octopus Server and Tentacle create theirs with different ones.
 */
function isServerSide({ peerKind, peerCertificate }: ConnectionFacts): boolean {
  if (peerKind === 'octopus-server' || peerKind === 'ping') return true;
  const isUnnamed = peerKind === undefined || peerKind === 'halibut' || peerKind === 'unknown';
  return isUnnamed && peerCertificate?.selfSigned === true && peerCertificate.subject === SERVER_CERTIFICATE;
}

/** What shows that the peer is an Octopus Server: its page, or the name in its certificate. */
function serverEvidence({ peerKind }: ConnectionFacts): string {
  if (peerKind === 'ping')
    return 'shows the page of tentacle-ping --listen, which takes the place of an Octopus Server';
  if (peerKind === 'octopus-server') return 'shows the page of an Octopus Server';
  return `presents a certificate that names an Octopus Server (${SERVER_CERTIFICATE})`;
}

/** Peers that belong to Octopus or to this tool, but are not a Tentacle; known by their page or their response. */
export const wrongPeerFailures = [
  defineFailure({
    id: 'identity.octopus-server',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['trust', 'identity', 'rpc'],
    matches: (observation) => {
      const { signature, facts } = observation;
      const { serverError } = signature;
      const hasNoSuchService = serverError !== undefined && isServiceNotFound(serverError);
      // A polling Tentacle connects to an Octopus Server by design.
      if (facts.peerRole !== undefined || !isServerSide(facts)) return false;
      return (
        signature.code === 'PAGE_ONLY' ||
        // Its certificate is not a Tentacle's, so that trust fails first where a thumbprint is pinned.
        signature.code === 'UNEXPECTED_THUMBPRINT' ||
        isClosedWithoutReply(observation) ||
        isSilent(observation) ||
        hasNoSuchService
      );
    },
    title: 'An Octopus Server listens there, not a Tentacle',
    explanation: ({ facts }) =>
      `${peerName(facts)} ${serverEvidence(facts)}. This is the port to which polling Tentacles connect (10943 by default). Network and TLS work, but no Tentacle accepts calls there.`,
    remediation: ({ host, port }, { here, there }) => [
      {
        who: here.administrator,
        action: `If you look for a listening Tentacle, enter its own host and port (10933 by default) instead of ${host}:${port}.`,
      },
      {
        who: there.administrator,
        action:
          'If you look for a polling Tentacle, check in its own settings and log how it connects to the server. No server can connect to it.',
        ...tentacleCommand('show-configuration'),
      },
    ],
    octopusLogMessages: ['Attempted to read past the end of the stream.', 'Service not found:'],
    octopusRetries: true,
    diagnosis: conclusiveUnless(
      'a load balancer leads connections to several machines that present this certificate, as the page came over another one',
    ),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', peerKind: 'octopus-server' },
    },
  }),
  defineFailure({
    id: 'identity.legacy-pong',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    matches: (observation) => {
      const { signature, facts } = observation;
      const isNamedByPage =
        signature.code === 'PAGE_ONLY' || isClosedWithoutReply(observation) || isSilent(observation);
      return isNamedByPage
        ? facts.peerKind === 'legacy-pong'
        : identifyPage(signature.received).author === 'legacy-pong';
    },
    title: 'The legacy TentaclePong answers, without Halibut',
    explanation: ({ facts }) =>
      `${peerName(facts)} returns the page of the legacy TentaclePong, so network and TLS work up to that machine and port. It does not speak Halibut. Only round trips of that page can be measured, which tentacle-ping does unless --level says otherwise.`,
    remediation: ({ port }, { there }) => [
      {
        who: there.administrator,
        action: 'Start the Tentacle or the current tentacle-pong in its place, and test again.',
        ...sameCommand(`tentacle-pong --port ${port}`),
      },
    ],
    octopusLogMessages: ["Unable to process remote identity; unknown identity type: 'HTTP/1.0'"],
    octopusRetries: true,
    diagnosis: conclusiveUnless('another program returns the same page'),
    example: {
      signature: exampleSignature('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${'A'.repeat(2000)}`),
        receivedBytes: 2019,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
