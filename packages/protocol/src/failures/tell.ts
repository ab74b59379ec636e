import type { FailureId } from './catalogue.js';
import { rowOf } from './catalogue.js';
import { pollingWords } from './polling-words.js';
import type { Actor, Certainty, Sighting, Step } from './row.js';

/** What there is to say of one failure, to those whom it concerns. */
export interface Told {
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

/**
 * The words for a sighting. A row speaks to a server's administrator of a Tentacle that listens. Where the peer plays
 * another part, polling has words of its own, and what a row says of neither end goes to the other administrator.
 */
export function tell(id: FailureId, sighting: Sighting): Told {
  const { title, means, next, certainty } = rowOf(id);
  const { peerRole } = sighting.facts;
  const words = peerRole === undefined ? {} : (pollingWords[id]?.[peerRole] ?? {});
  const steps = words.next?.(sighting.facts) ?? placed(next(sighting.facts), id, peerRole);
  return {
    title: words.title ?? title,
    means: words.means?.(sighting) ?? means(sighting),
    next: steps,
    certainty: words.certainty ?? certainty,
  };
}

function placed(steps: readonly Step[], id: FailureId, peerRole: 'server' | 'poller' | undefined): readonly Step[] {
  // The rows of polling speak of its own two ends.
  if (peerRole !== 'server' || rowOf(id).stage === 'poll') return steps;
  return steps.map((step) => ({ ...step, who: CHANGED_PLACES[step.who] ?? step.who }));
}
