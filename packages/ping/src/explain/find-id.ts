import { closestMatches, quote, UsageError } from 'tentacle-protocol/cli';
import {
  catalogue,
  type Check,
  endings,
  type EndingId,
  type FailureDefinition,
  type FailureId,
  findings,
  knownMessages,
  warningIds,
} from 'tentacle-protocol/diagnostics';
import { matchOfRow } from './event-tally.js';
import type { Match } from './explanation.js';

/** What an id is for. */
export type IdentifiedRow =
  | { readonly kind: 'failure'; readonly row: FailureDefinition<FailureId> }
  | { readonly kind: 'log-line'; readonly match: Match }
  | { readonly kind: 'ending'; readonly match: Match }
  | { readonly kind: 'check'; readonly match: Match };

/** The row with this id: a failure, a known message, the end of a connection in tentacle-pong's log, or what a check found. */
export function findId(id: string): IdentifiedRow | undefined {
  const row = catalogue.find((failure) => failure.id === id);
  if (row !== undefined) return { kind: 'failure', row };
  const match = matchOfRow(id);
  if (match !== undefined) return { kind: 'log-line', match };
  const ending = endings.find((definition) => definition.id === id);
  if (ending !== undefined) return { kind: 'ending', match: matchOfEnding(ending) };
  const finding = findings.find((one) => one.id === id);
  return finding === undefined ? undefined : { kind: 'check', match: matchOfCheck(finding.example) };
}

function matchOfEnding({ id, title, means, example }: (typeof endings)[number] & { readonly id: EndingId }): Match {
  return { id, line: 0, text: title, count: 0, means: means(example), causes: [], next: [], seen: {} };
}

function matchOfCheck({ id, title, means, next }: Check): Match {
  return { id, line: 0, text: title, count: 0, means: means ?? `${title}.`, causes: [], next, seen: {} };
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
