import { conclusiveUnless, defineFailure, EXAMPLE_FACTS, exampleSignature } from '../failure-definition.js';
import { sameCommand } from '../product-commands.js';
import { peerName } from '../wording.js';
import { isClosedWithoutReply } from './trust.js';

/** tentacle-pong that was started with --trust and another thumbprint. */
export const pongTrustFailures = [
  defineFailure({
    id: 'trust.rejected-by-pong',
    stage: 'trust',
    wholeAddress: 'answered',
    shownAt: ['identity'],
    // The page shows which certificate arrives there, and a device in between does not have this end's key.
    matches: (observation) => {
      const { peerKind, peerRole, arrivedThumbprint, ownThumbprint } = observation.facts;
      const isNamedByPage = peerKind === 'pong' && arrivedThumbprint === ownThumbprint && ownThumbprint !== undefined;
      return isNamedByPage && peerRole === undefined && isClosedWithoutReply(observation);
    },
    title: 'tentacle-pong does not trust your certificate',
    explanation: ({ facts }) =>
      `${peerName(facts)} is tentacle-pong. Its page shows that your certificate ${facts.ownThumbprint ?? ''} arrived, and it closed the connection after the identity was sent. It was started with --trust and a different thumbprint. Network and TLS work.`,
    remediation: ({ port, ownThumbprint = 'THUMBPRINT', peerCertificate }, { there }) => [
      {
        who: there.administrator,
        action: `On ${there.host}, stop tentacle-pong and start it again with your thumbprint, beside its other options.`,
        ...sameCommand(`tentacle-pong --port ${port} --trust ${ownThumbprint}`),
      },
      {
        who: there.administrator,
        action: 'Alternatively, start it without --trust. It then accepts any client.',
        ...sameCommand(`tentacle-pong --port ${port}`),
      },
      {
        who: 'you',
        action: `If your tentacle-pong printed another thumbprint than ${peerCertificate?.thumbprint ?? 'the presented one'}, another one answered. Check the name and port, and routers that select by server name (SNI).`,
      },
    ],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: conclusiveUnless(
      'tentacle-pong was stopped then, the page is that of another machine, or a device in between cut this connection alone',
    ),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: {
        ...EXAMPLE_FACTS,
        tlsVersion: 'TLSv1.3',
        peerKind: 'pong',
        ownThumbprint: 'B'.repeat(40),
        arrivedThumbprint: 'B'.repeat(40),
      },
    },
  }),
];
