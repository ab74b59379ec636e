import { catalogue, type FailureId } from './catalogue.js';
import type { Row, Sighting } from './row.js';

/** Returns the first row that matches the sighting. The last row of each stage matches anything, so there is always one. */
export function classify(sighting: Sighting): Row<FailureId> {
  const found = catalogue.find((row) => row.shownAt.includes(sighting.symptom.shownAt) && row.when(sighting));
  if (found === undefined) throw new Error(`no row for ${sighting.symptom.code} at ${sighting.symptom.shownAt}`);
  return found;
}
