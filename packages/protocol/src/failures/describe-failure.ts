import { type FailureId, rowOf } from './catalogue.js';
import { endsOf } from './ends.js';
import type { Certainty, Sighting, Step } from './row.js';

/** Everything that is said about one failure between two given ends. */
export interface FailureText {
  readonly title: string;
  readonly means: string;
  readonly next: readonly Step[];
  readonly certainty: Certainty;
}

/** Returns the texts for a failure, between the ends that its facts are about. */
export function describeFailure(id: FailureId, sighting: Sighting): FailureText {
  const { title, means, next, certainty } = rowOf(id);
  const ends = endsOf(sighting.facts);
  return {
    title,
    means: means(sighting, ends),
    next: next(sighting.facts, ends),
    certainty: typeof certainty === 'function' ? certainty(ends, sighting) : certainty,
  };
}
