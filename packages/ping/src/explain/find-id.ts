import { closestMatches, quote, UsageError } from 'tentacle-protocol/cli';
import {
  catalogue,
  endings,
  type EndingId,
  type FailureDefinition,
  type FailureId,
  knownMessages,
  warningIds,
} from 'tentacle-protocol/diagnostics';
import { matchOfRow } from './event-tally.js';
import type { Match } from './explanation.js';

/** What an id is for. */
export type IdentifiedRow =
  | { readonly kind: 'failure'; readonly row: FailureDefinition<FailureId> }
  | { readonly kind: 'log-line'; readonly match: Match }
  | { readonly kind: 'ending'; readonly match: Match };

/** The row with this id: a failure, a known message, or the end of a connection in tentacle-pong's log. */
export function findId(id: string): IdentifiedRow | undefined {
  const row = catalogue.find((failure) => failure.id === id);
  if (row !== undefined) return { kind: 'failure', row };
  const match = matchOfRow(id);
  if (match !== undefined) return { kind: 'log-line', match };
  const ending = endings.find((definition) => definition.id === id);
  return ending === undefined ? undefined : { kind: 'ending', match: matchOfEnding(ending) };
}

function matchOfEnding({ id, title, means, example }: (typeof endings)[number] & { readonly id: EndingId }): Match {
  return { id, line: 0, text: title, count: 0, means: means(example), causes: [], next: [], seen: {} };
}

/** Longer than any id. */
const ID_MAX_CHARS = 60;

/** More ids than this are a list to look up, not a hint. */
const STAGE_IDS_MAX = 25;

/** The error for a text that can only be a misspelled id; undefined for any other text. */
export function describeUnknownId(text: string): UsageError | undefined {
  // Ids are words with a dot between stage and name; other separators are misspellings of it.
  if (warningIds.some((id) => id === text))
    return new UsageError(
      `${quote(text)} is the id of a warning; the report that contains it explains it and names the next step`,
    );
  if (text.length > ID_MAX_CHARS || !/^\w+[.:_-][\w.:-]+$/.test(text)) return undefined;
  const ids = [
    ...new Set<string>([...[...catalogue, ...knownMessages, ...endings].map(({ id }) => id), ...warningIds]),
  ];
  const matches = closestMatches(text, ids);
  if (matches.length > 0)
    return new UsageError(`${quote(text)} is not a known id; did you mean ${matches.join(' or ')}?`);
  const stage = /^\w+\./.exec(text)?.[0].toLowerCase();
  const others = stage === undefined ? [] : catalogue.map(({ id }) => id).filter((id) => id.startsWith(stage));
  if (stage === undefined || others.length === 0 || others.length > STAGE_IDS_MAX) return undefined;
  return new UsageError(`${quote(text)} is not a known id; the failures of that stage are ${others.join(', ')}`);
}
