import { isServiceNotFound } from '../wire/messages.js';
import { recognisePage } from '../wire/page.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, SURE } from './row.js';
import { closedWithoutAWord } from './trust.js';

/** What their page, or their answer, names: ends of the protocol's family that are no Tentacle. */
export const strangerRows = [
  row({
    id: 'identity.octopus-server',
    stage: 'identity',
    shownAt: ['identity', 'rpc'],
    when: (sighting) => {
      const { symptom, facts } = sighting;
      const { serverError } = symptom;
      const isStranger = serverError !== undefined && isServiceNotFound(serverError);
      // Who polls looks for just that.
      if (facts.peerRole !== undefined) return false;
      return ['octopus-server', 'ping'].includes(facts.peerKind ?? '') && (closedWithoutAWord(sighting) || isStranger);
    },
    title: 'An Octopus Server listens there, not a Tentacle',
    means: ({ facts }) =>
      `${peer(facts)} shows the page of ${facts.peerKind === 'ping' ? 'tentacle-ping --listen, which stands in for an Octopus Server' : 'an Octopus Server'}: it is the port at which polling Tentacles call (10943 unless changed). Network and TLS work, but no Tentacle is there to take calls.`,
    next: (facts) => [
      {
        who: 'server-admin',
        action: `If the Tentacle is a listening one: enter its own host and port (10933 unless changed) in place of ${facts.host}:${facts.port}.`,
      },
      {
        who: 'tentacle-admin',
        action: 'If it is a polling one: nobody can call it. Look in its own settings and log how it calls the server.',
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
    title: 'The original TentaclePong answers, which is no Halibut end',
    means: ({ facts }) =>
      `${peer(facts)} answers with the page of the original TentaclePong: network and TLS work to that machine and port. It knows nothing of Halibut, so no more can be measured with it than round trips of that page, which tentacle-ping does unless --level says otherwise.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Run the tentacle-pong of this tool in its place, or start the Tentacle again, and ping once more.',
        windows: 'tentacle-pong --port 10933',
        linux: 'tentacle-pong --port 10933',
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
