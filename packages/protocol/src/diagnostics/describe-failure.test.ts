import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../trace.js';
import { catalogue, type FailureId, failureDefinition } from './catalogue.js';
import { classify } from './classify.js';
import { describeFailure } from './describe-failure.js';
import { type End, type Ends, endsOf } from './ends.js';
import { EXAMPLE_FACTS, type FailureDefinition } from './failure-definition.js';

/** The facts that make a direction, by the other end. */
const DIRECTIONS = {
  'a listening Tentacle': { host: 'tentacle.example', port: 10933 },
  'the server of a polling Tentacle': {
    host: 'octopus.example',
    port: 10943,
    peerRole: 'server',
    subscription: 'poll://abcdefghij0123456789/',
  },
  'a polling Tentacle': { host: '192.0.2.7', port: 10943, peerRole: 'poller' },
} as const satisfies Record<string, Partial<ConnectionFacts>>;

type Direction = keyof typeof DIRECTIONS;

const DIRECTION_NAMES = Object.keys(DIRECTIONS) as Direction[];

/** Failures that a polling Tentacle cannot meet, with the reason. */
const NOT_MET_BY_POLLERS: Partial<Record<FailureId, string>> = {
  'dns.partial': 'only a diagnosis of all addresses detects it',
  'identity.octopus-server': 'the server is the expected peer',
  'identity.legacy-pong': 'its page is requested only to distinguish a Tentacle from a server',
  'trust.client-certificate-missing': 'detected by the response of a listening pong',
  'trust.client-certificate-replaced': 'detected by the response of a listening pong',
  'attestation.wrong-key': 'a poller requests no attestation',
  'attestation.invalid': 'a poller requests no attestation',
  'attestation.missing': 'a poller requests no attestation',
  'rpc.service-not-found': 'a poller answers calls and sends none',
  'rpc.error': 'a poller answers calls and sends none',
};

/** Stages that a direction does not have. */
const NOT_MET_STAGES: Readonly<Record<Direction, readonly string[]>> = {
  'a listening Tentacle': ['poll'],
  // Rows of polling itself name both ends; the search for idle limits needs a listening peer.
  'the server of a polling Tentacle': ['poll', 'idle'],
  'a polling Tentacle': ['poll', 'idle'],
};

/** Rows that name both ends by design, or one program: the first distinguishes which of the ends listens. */
const ABOUT_BOTH_ENDS: readonly FailureId[] = [
  'identity.octopus-server',
  'identity.octopus-portal',
  'trust.rejected-by-pong',
];

function textsOf(row: FailureDefinition<FailureId>, direction: Direction): string[] {
  const { example } = row;
  const facts = { ...example.facts, ...DIRECTIONS[direction] };
  const { title, explanation, diagnosis, remediation } = describeFailure(row.id, { ...example, facts });
  const causes = diagnosis.kind === 'ambiguous' ? [...diagnosis.causes, diagnosis.howToTell] : [];
  return [title, explanation, ...causes, ...remediation.map(({ action }) => action)];
}

const endsIn = (direction: Direction): Ends => endsOf({ ...EXAMPLE_FACTS, ...DIRECTIONS[direction] });

const shortName = ({ product }: End): string => (product === 'tentacle' ? 'Tentacle' : 'Octopus Server');

/** What would send a reader to this end instead of `there`, as sources of regular expressions. */
function pointersTo(end: End, there: End): string[] {
  if (end.product !== there.product) return [end.host, end.log.name, `the ${shortName(end)}'s process`];
  // The same product in the other role: `tentacle-pong` and `tentacle-pong --poll` begin alike.
  const { name } = end.standIn;
  if (name === there.standIn.name) return [];
  return [name.includes(' ') ? name : `${name}(?! --)`];
}

/** Texts that would send the reader to an end that is not the other end of this connection. */
function wrongEnd(direction: Direction): RegExp {
  const { here, there } = endsIn(direction);
  // Devices in between accept the connection, so they are in front of the end that listens.
  const connecting = shortName(there.isListener ? here : there);
  return new RegExp(
    [
      ...DIRECTION_NAMES.flatMap((other) => pointersTo(endsIn(other).there, there)),
      `(in front of|behind) the ${connecting}`,
      ...(there.product === 'server' ? ['\\b10933\\b', 'listening Tentacle', 'Tentacle that listens'] : []),
    ].join('|'),
    'i',
  );
}

const cases = DIRECTION_NAMES.flatMap((direction) =>
  catalogue
    .filter(({ id, stage }) => {
      if (NOT_MET_STAGES[direction].includes(stage) || ABOUT_BOTH_ENDS.includes(id)) return false;
      return direction === 'a listening Tentacle' || NOT_MET_BY_POLLERS[id] === undefined;
    })
    .map((row) => [row.id, direction, row] as const),
);

describe('the text of a failure', () => {
  it.each(cases)('%s, with %s at the other end, points to no other end', (_, direction, row) => {
    for (const text of textsOf(row, direction)) expect(text).not.toMatch(wrongEnd(direction));
  });

  it.each(cases)('%s, with %s at the other end, is complete', (_, direction, row) => {
    for (const text of textsOf(row, direction)) {
      expect(text).not.toBe('');
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('has one title for all directions', () => {
    for (const [id, direction, { example, title }] of cases) {
      const facts = { ...example.facts, ...DIRECTIONS[direction] };
      expect(describeFailure(id, { ...example, facts }).title).toBe(title);
    }
  });

  it('recognizes a wrong end', () => {
    const polled = wrongEnd('the server of a polling Tentacle');
    const listening = wrongEnd('a listening Tentacle');
    expect("On the Tentacle's host, check the port.").toMatch(polled);
    expect('a device in front of the Tentacle terminates TLS').toMatch(polled);
    expect('port 10933 by default').toMatch(polled);
    expect("On the Octopus Server's host, check the port.").not.toMatch(polled);
    expect("On the Octopus Server's host, check the port.").toMatch(listening);
    const polling = wrongEnd('a polling Tentacle');
    expect("Check the Octopus Server's log").toMatch(polling);
    expect('a device in front of the Tentacle').toMatch(polling);
    expect('a device in front of the Octopus Server').not.toMatch(polling);
    expect('Run tentacle-pong on that host').toMatch(polling);
    expect('Run tentacle-pong --poll on that host').not.toMatch(polling);
    expect('Run tentacle-pong --poll on that host').toMatch(listening);
    expect("On the Tentacle's host, check the port.").not.toMatch(listening);
  });
});

describe('an Octopus Server as the peer of a polling Tentacle', () => {
  it('is the expected peer, whatever its page shows', () => {
    const { example } = failureDefinition('identity.octopus-server');
    const facts = { ...example.facts, ...DIRECTIONS['the server of a polling Tentacle'] };
    expect(classify({ ...example, facts }).id).toBe('trust.closed-after-identity');
  });
});
