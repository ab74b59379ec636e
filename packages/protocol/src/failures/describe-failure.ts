import type { FailureId } from './catalogue.js';
import { rowOf } from './catalogue.js';
import { endsOf } from './ends.js';
import { pollingWords } from './polling-words.js';
import type { Actor, Certainty, Sighting, Step } from './row.js';

/** Everything that is said about one failure between two given ends. */
export interface FailureText {
  readonly title: string;
  readonly means: string;
  readonly next: readonly Step[];
  readonly certainty: Certainty;
}

/** The stages of which some rows still speak of fixed ends. */
const FIXED_ENDS_STAGES = ['trust', 'identity', 'rpc', 'data', 'idle', 'attestation'];

/** Rows of these stages that take their words from the ends. */
const WITH_ENDS: readonly FailureId[] = ['trust.intercepted', 'identity.http'];

const SWAPPED: Readonly<Partial<Record<Actor, Actor>>> = {
  'server-admin': 'tentacle-admin',
  'tentacle-admin': 'server-admin',
};

/** Returns the texts for a failure, between the ends that its facts are about. */
export function describeFailure(id: FailureId, sighting: Sighting): FailureText {
  const { title, means, next, certainty } = rowOf(id);
  const { peerRole } = sighting.facts;
  const ends = endsOf(sighting.facts);
  const words = peerRole === undefined ? {} : (pollingWords[id]?.[peerRole] ?? {});
  const steps = words.next?.(sighting.facts) ?? swapActors(next(sighting.facts, ends), id, peerRole);
  return {
    title: words.title ?? title,
    means: words.means?.(sighting) ?? means(sighting, ends),
    next: steps,
    certainty: words.certainty ?? (typeof certainty === 'function' ? certainty(ends, sighting) : certainty),
  };
}

function swapActors(steps: readonly Step[], id: FailureId, peerRole: 'server' | 'poller' | undefined): readonly Step[] {
  if (peerRole !== 'server' || WITH_ENDS.includes(id) || !FIXED_ENDS_STAGES.includes(rowOf(id).stage)) return steps;
  return steps.map((step) => ({ ...step, who: SWAPPED[step.who] ?? step.who }));
}
