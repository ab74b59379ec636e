import { closestMatches, quote, UsageError } from 'tentacle-protocol/cli';
import { catalogue, endings, findings, knownMessages, warningIds } from 'tentacle-protocol/diagnostics';

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
    ...new Set<string>([
      ...[...catalogue, ...knownMessages, ...endings, ...findings].map(({ id }) => id),
      ...warningIds,
    ]),
  ];
  const matches = closestMatches(text, ids);
  if (matches.length > 0)
    return new UsageError(`${quote(text)} is not a known id; did you mean ${matches.join(' or ')}?`);
  const stage = /^\w+\./.exec(text)?.[0].toLowerCase();
  const others = stage === undefined ? [] : catalogue.map(({ id }) => id).filter((id) => id.startsWith(stage));
  if (stage === undefined || others.length === 0 || others.length > STAGE_IDS_MAX) return undefined;
  return new UsageError(`${quote(text)} is not a known id; the failures of that stage are ${others.join(', ')}`);
}
