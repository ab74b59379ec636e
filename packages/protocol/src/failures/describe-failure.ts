import type { FailureId } from './catalogue.js';
import { rowOf } from './catalogue.js';
import { endsOf } from './ends.js';
import { pollingWords } from './polling-words.js';
import type { Actor, Certainty, FailureStage, Sighting, Step } from './row.js';

/** Everything there is to say about one failure between two given ends. */
export interface FailureText {
  readonly title: string;
  readonly means: string;
  readonly next: readonly Step[];
  readonly certainty: Certainty;
}

/** The machine in question and the one that looks at it change places when a Tentacle connects to its server. */
const CHANGED_PLACES: Readonly<Partial<Record<Actor, Actor>>> = {
  'server-admin': 'tentacle-admin',
  'tentacle-admin': 'server-admin',
};

/** Stages whose rows name the administrators of their two ends. */
const TAKES_ACTORS_FROM_ENDS: readonly FailureStage[] = ['trust', 'identity', 'rpc', 'data', 'idle', 'poll'];

/**
 * The words for a sighting. A row speaks to a server's administrator of a Tentacle that listens. Where the peer plays
 * another part, polling has words of its own, and what a row says of neither end goes to the other administrator.
 */
export function describeFailure(id: FailureId, sighting: Sighting): FailureText {
  const { title, means, next, certainty } = rowOf(id);
  const { peerRole } = sighting.facts;
  const ends = endsOf(sighting.facts);
  const words = peerRole === undefined ? {} : (pollingWords[id]?.[peerRole] ?? {});
  const steps = words.next?.(sighting.facts) ?? placed(next(sighting.facts, ends), id, peerRole);
  return {
    title: words.title ?? title,
    means: words.means?.(sighting) ?? means(sighting, ends),
    next: steps,
    certainty: words.certainty ?? (typeof certainty === 'function' ? certainty(ends, sighting) : certainty),
  };
}

function placed(steps: readonly Step[], id: FailureId, peerRole: 'server' | 'poller' | undefined): readonly Step[] {
  if (peerRole !== 'server' || TAKES_ACTORS_FROM_ENDS.includes(rowOf(id).stage)) return steps;
  return steps.map((step) => ({ ...step, who: CHANGED_PLACES[step.who] ?? step.who }));
}
