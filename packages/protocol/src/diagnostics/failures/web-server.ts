import { expectedIdentity } from '../ends.js';
import { checkServerName } from './sni-routing.js';
import { identifyPage, isWebPage } from '../../http/landing-page.js';
import {
  conclusiveUnless,
  defineFailure,
  EXAMPLE_FACTS,
  exampleSignature,
  type Observation,
} from '../failure-definition.js';
import { sameCommand } from '../product-commands.js';
import { capitalize, durationText, hostAndPort, peerName } from '../wording.js';
import { checkHostAndPort, passTlsThrough } from './steps.js';
import { isClosedWithoutReply, isSilent } from './trust.js';
import { identifyProtocol } from '../identify-protocol.js';

/**
 * Whether the peer speaks HTTP where the identity is due. Some web servers close on a first line that is not HTTP, or wait
 * for more of it. Then the page that they show to any client decides: a Halibut listener's page has a form of its own.
 */
function isWebServer(observation: Observation): boolean {
  const { signature, facts } = observation;
  if (signature.shownAt === 'identity' && identifyProtocol(signature.received)?.protocol === 'HTTP') return true;
  return isWebPage(facts.peerKind) && (isClosedWithoutReply(observation) || isSilent(observation));
}

/** One or two sentences on what it did: a page as the reply, or none here and one to a browser. */
function describeReply(observation: Observation): string {
  const { signature, facts } = observation;
  const after = durationText(signature.elapsedUs);
  const reaction = isSilent(observation)
    ? `did not reply to the identity within ${after}`
    : `closed the connection ${after} after the identity was sent, without replying`;
  return signature.receivedBytes === 0
    ? `The service behind TLS at ${peerName(facts)} ${reaction}. To a browser's request, it returns a web page.`
    : `The service behind TLS at ${peerName(facts)} replied ${identifyProtocol(signature.received)?.detail ?? 'with a page'}.`;
}

/** Peers that speak HTTP where Halibut is due. */
export const webServerFailures = [
  defineFailure({
    id: 'identity.octopus-portal',
    stage: 'identity',
    shownAt: ['identity'],
    matches: (observation) =>
      (observation.signature.code === 'PAGE_ONLY' || isWebServer(observation)) &&
      (observation.facts.peerKind === 'octopus-portal' ||
        identifyPage(observation.signature.received).author === 'octopus-portal'),
    title: 'The web portal of Octopus answers, not a Tentacle port',
    explanation: ({ facts }) =>
      `${peerName(facts)} shows the web portal or REST API of an Octopus Server. Network and TLS work up to it. People, registration and the REST API use this port. Halibut, which deployments use, does not.`,
    remediation: ({ host, port }) => [
      {
        who: 'tentacle-admin',
        action:
          'If a Tentacle polls this address, let it poll the communications port instead (10943 unless changed). For Octopus Cloud on port 443, its name begins with "polling.".',
        ...sameCommand(`tentacle-pong --poll ${hostAndPort({ host, port: 10943 })}`),
      },
      {
        who: 'server-admin',
        action: `If you look for a listening Tentacle, enter its own host and port (10933 by default) instead of ${hostAndPort({ host, port })}.`,
      },
      {
        who: 'network-team',
        action:
          'If polling is to use this port, route a name of its own by server name (SNI) to the communications port, without terminating TLS. Then test with that name.',
        ...sameCommand(`tentacle-pong --poll NAME:${port}`),
      },
    ],
    octopusLogMessages: [
      'Unable to receive the remote identity; the following line was not empty.',
      "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    ],
    octopusRetries: true,
    diagnosis: conclusiveUnless(
      'the page came through a device that sends web requests to the portal and other connections elsewhere',
    ),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE_FACTS, port: 443, peerKind: 'octopus-portal' },
    },
  }),
  defineFailure({
    id: 'identity.http',
    stage: 'identity',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    matches: isWebServer,
    title: 'A web server or appliance answered, not Octopus',
    explanation: (observation, { there }) =>
      `${describeReply(observation)} ${capitalize(there.endpoint)} would have sent ${expectedIdentity(there)}. This is a web server${there.product === 'server' ? ' (possibly the web portal of Octopus itself)' : ''}, or an appliance in between.`,
    // Routers that select by server name are usual on port 443 only.
    remediation: (facts, ends) =>
      facts.port === 443
        ? [...checkServerName(facts, ends), checkHostAndPort(ends), ...passTlsThrough(ends)]
        : [checkHostAndPort(ends), ...passTlsThrough(ends), ...checkServerName(facts, ends)],
    octopusLogMessages: [
      'Unable to receive the remote identity; the following line was not empty.',
      "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    ],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a proxy, gateway or firewall in between terminates TLS and answers in HTTP',
        `a web server${there.product === 'server' ? ', such as the web portal of Octopus,' : ''} listens on that port: the host or port is wrong`,
        'a router that selects by server name (SNI) leads this name, or TLS without a name, to a website',
      ],
      howToTell: `${there.product === 'tentacle' ? 'Try --servername with the name by which a router knows the Tentacle. If the Tentacle then answers, the router is the cause. Otherwise, check' : 'Check'} the presented certificate: its subject and issuer identify the web server or device. A public authority points to a web server or portal, a company's own authority to an inspecting device. The thumbprint of ${there.name} itself rules out both.`,
    }),
    example: {
      signature: exampleSignature('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from('HTTP/1.1 403 Forbidden\r\nServer: gateway\r\n\r\n<title>Access denied</title>'),
        receivedBytes: 69,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
