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
    // The page shows which certificate arrives there, and whether pong trusts it; a device in between does not have this end's
    // key. A pong that trusts it did not close the connection for that reason.
    matches: (observation) => {
      const { peerKind, peerRole, arrivedThumbprint, ownThumbprint, isTrustedThere } = observation.facts;
      const isNamedByPage = peerKind === 'pong' && arrivedThumbprint === ownThumbprint && ownThumbprint !== undefined;
      return isNamedByPage && isTrustedThere === false && peerRole === undefined && isClosedWithoutReply(observation);
    },
    title: 'tentacle-pong does not trust your certificate',
    explanation: ({ facts }) =>
      `${peerName(facts)} is tentacle-pong. Its page shows that your certificate ${facts.ownThumbprint ?? ''} arrived, and that it does not accept calls with it. It was started with --trust and a different thumbprint. Network and TLS work.`,
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
    diagnosis: conclusiveUnless('the page is that of another machine, or tentacle-pong was restarted in between'),
    example: {
      signature: exampleSignature('identity', 'END_OF_STREAM'),
      facts: {
        ...EXAMPLE_FACTS,
        tlsVersion: 'TLSv1.3',
        peerKind: 'pong',
        ownThumbprint: 'B'.repeat(40),
        arrivedThumbprint: 'B'.repeat(40),
        isTrustedThere: false,
      },
    },
  }),
];
