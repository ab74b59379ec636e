import { catalogue, type FailureId } from './catalogue.js';
import type { FailureDefinition, Observation } from './failure-definition.js';

/** Returns the first row that matches the observation. The last row of each stage matches anything, so there is always one. */
export function classify(observation: Observation): FailureDefinition<FailureId> {
  const found = catalogue.find(
    (row) => row.shownAt.includes(observation.signature.shownAt) && row.matches(observation),
  );
  if (found === undefined)
    throw new Error(`no row for ${observation.signature.code} at ${observation.signature.shownAt}`);
  return found;
}
