import { endings } from 'tentacle-protocol/diagnostics';
import type { Match } from './explanation.js';

/** The match for the id of an ending that was entered; its numbers are those of the ending's example. */
export function matchOfEnding(id: string): Match | undefined {
  const ending = endings.find((definition) => definition.id === id);
  if (ending === undefined) return undefined;
  const { title, means, example } = ending;
  return { id, line: 0, text: title, count: 0, means: means(example), causes: [], next: [], seen: {} };
}
