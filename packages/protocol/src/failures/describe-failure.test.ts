import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../trace.js';
import { catalogue, type FailureId, rowOf } from './catalogue.js';
import { classify } from './classify.js';
import type { Row } from './row.js';
import { describeFailure } from './describe-failure.js';

const POLLED: Partial<ConnectionFacts> = {
  host: 'octopus.example',
  port: 10943,
  peerRole: 'server',
  subscription: 'poll://abcdefghij0123456789/',
};

/** Rows that no poller can meet, with the reason. */
const notMet: Partial<Record<FailureId, string>> = {
  'dns.partial': 'a diagnosis of all addresses finds it',
  'identity.octopus-server': 'the server is what a poller looks for',
  'identity.original-pong': 'it looks at a page only to tell a Tentacle from a server',
  'trust.client-certificate-missing': 'told by what a pong that listens says',
  'trust.client-certificate-replaced': 'told by what a pong that listens says',
  'trust.pong-key': 'a poller asks nobody to attest',
  'trust.attestation-not-valid': 'a poller asks nobody to attest',
  'trust.no-attestation': 'a poller asks nobody to attest',
  'rpc.service-not-found': 'a poller answers calls and makes none',
  'rpc.error': 'a poller answers calls and makes none',
};

function texts(row: Row<FailureId>, facts: Partial<ConnectionFacts>): string[] {
  const told = describeFailure(row.id, { ...row.example, facts: { ...row.example.facts, ...facts } });
  const { certainty } = told;
  const causes = certainty.kind === 'one-of' ? [...certainty.causes, certainty.test] : [];
  return [told.title, told.means, ...causes, ...told.next.map(({ action }) => action)];
}

/** What would send the reader to a Tentacle, where the machine in question is the server. */
const ABOUT_A_LISTENING_TENTACLE =
  /listening Tentacle|Tentacle that listens|(no|every|real|a) Tentacle|Tentacle('s)? (host|log|process|name|port|would|never)|(in front of|behind|renew) the Tentacle|tentacle-pong on|ping a |10933/i;

/** Rows of polling itself have their own words; and the ladder of idle connections is climbed only to who listens. */
const NOT_MET_STAGES = ['poll', 'idle'];

const met = catalogue.filter(({ id, stage }) => !NOT_MET_STAGES.includes(stage) && notMet[id] === undefined);

describe('the words for a Tentacle that polls', () => {
  it.each(met)('of $id never blame a Tentacle that listens', (row) => {
    for (const text of texts(row, POLLED)) expect(text).not.toMatch(ABOUT_A_LISTENING_TENTACLE);
  });

  it('a server is what a poller looks for, whatever its page says', () => {
    const { example } = rowOf('identity.octopus-server');
    expect(classify({ ...example, facts: { ...example.facts, ...POLLED } }).id).toBe('trust.closed-after-identity');
  });

  it.each(catalogue)('of $id are whole', (row) => {
    for (const text of texts(row, POLLED)) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});
