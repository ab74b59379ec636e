import { catalogue, type FailureId } from './catalogue.js';
import type { Row, Sighting } from './row.js';

/** The first row that may show there and fits. Every stage ends in a row that takes what is left, so there always is one. */
export function classify(sighting: Sighting): Row<FailureId> {
  const found = catalogue.find((row) => row.shownAt.includes(sighting.symptom.shownAt) && row.when(sighting));
  if (found === undefined) throw new Error(`no row for ${sighting.symptom.code} at ${sighting.symptom.shownAt}`);
  return found;
}
