import { isServiceNotFound } from '../wire/messages.js';
import { recognisePage } from '../wire/page.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE } from './row.js';
import { closedWithoutAWord } from './trust.js';

/** Peers that belong to Octopus or to this tool, but are not a Tentacle; known by their page or their response. */
export const strangerRows = [
  row({
    id: 'identity.octopus-server',
    stage: 'identity',
    shownAt: ['identity', 'rpc'],
    when: (sighting) => {
      const { symptom, facts } = sighting;
      const { serverError } = symptom;
      const hasNoSuchService = serverError !== undefined && isServiceNotFound(serverError);
      // A polling Tentacle connects to an Octopus Server by design.
      if (facts.peerRole !== undefined) return false;
      return (
        ['octopus-server', 'ping'].includes(facts.peerKind ?? '') && (closedWithoutAWord(sighting) || hasNoSuchService)
      );
    },
    title: 'An Octopus Server listens there, not a Tentacle',
    means: ({ facts }) =>
      `${peer(facts)} shows the page of ${facts.peerKind === 'ping' ? 'tentacle-ping --listen, which takes the place of an Octopus Server' : 'an Octopus Server'}. This is the port to which polling Tentacles connect (10943 by default). Network and TLS work, but no Tentacle accepts calls there.`,
    next: ({ host, port }, { here, there }) => [
      {
        who: here.administrator,
        action: `If you look for a listening Tentacle, enter its own host and port (10933 by default) instead of ${host}:${port}.`,
      },
      {
        who: there.administrator,
        action:
          'If you look for a polling Tentacle, no server can connect to it. Check in its own settings and log how it connects to the server.',
        windows: 'Tentacle show-configuration',
        linux: 'Tentacle show-configuration',
      },
    ],
    octopusSays: ['Attempted to read past the end of the stream.', 'Service not found:'],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('identity', 'END_OF_STREAM'),
      facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', peerKind: 'octopus-server' },
    },
  }),
  row({
    id: 'identity.original-pong',
    stage: 'identity',
    shownAt: ['identity'],
    when: ({ symptom, facts }) =>
      symptom.code === 'PAGE_ONLY'
        ? facts.peerKind === 'original-pong'
        : recognisePage(symptom.received).author === 'original-pong',
    title: 'The legacy TentaclePong answers, without Halibut',
    means: ({ facts }) =>
      `${peer(facts)} returns the page of the legacy TentaclePong, so network and TLS work up to that machine and port. It does not speak Halibut. Only round trips of that page can be measured, which tentacle-ping does unless --level says otherwise.`,
    next: ({ port }, { there }) => [
      {
        who: there.administrator,
        action: 'Run the tentacle-pong of this tool in its place, or start the Tentacle again, and test once more.',
        windows: `tentacle-pong --port ${port}`,
        linux: `tentacle-pong --port ${port}`,
      },
    ],
    octopusSays: ["Unable to process remote identity; unknown identity type: 'HTTP/1.0'"],
    retry: true,
    certainty: SURE,
    example: {
      symptom: exampleSymptom('identity', 'IDENTITY_UNKNOWN', {
        received: Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${'A'.repeat(2000)}`),
        receivedBytes: 2019,
      }),
      facts: EXAMPLE_FACTS,
    },
  }),
];
