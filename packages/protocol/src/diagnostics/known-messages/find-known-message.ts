import type { KnownMessage, Pattern } from './known-message.js';
import { AhoCorasick } from './aho-corasick.js';
import { type CapturedFields, captureFields } from './captured-fields.js';
import { ASCII_TEXTS, hasOtherLetters, translateSocketTexts } from './windows-socket-texts.js';
import { FIRST_GENERAL_RANK, type KnownMessageId, knownMessages } from './table.js';

/** A known message that was found in a text. */
export interface LogMatch {
  readonly row: KnownMessage<KnownMessageId>;
  /** Index in the table: the smaller, the more specific. */
  readonly rank: number;
  /** Not specific alone: later lines of the same message may be more specific. */
  readonly isGeneral: boolean;
  readonly seen: CapturedFields;
}

/** Number of characters examined per line; the longest known message needs a tenth of it. */
export const LINE_MAX_CHARS = 8192;

/** Separator between the start of an event and a later line of it when both are matched as one text. */
const LINE_SEPARATOR = ' ---> ';

/** A compiled pattern. */
interface CompiledPattern {
  readonly rank: number;
  readonly matches: (lowerCase: string) => boolean;
}

/** For each literal, the patterns that require it; then literals of other languages, which need a translation first. Built on first use: a ping does not need it. */
interface Index {
  readonly literals: AhoCorasick;
  readonly patternsByLiteral: readonly (readonly CompiledPattern[])[];
}
let index: Index | undefined;

/**
 * Returns the most specific row that matches a line, if any.
 * @param start first line of the event, for a later line of that event: a message and the exception below it may be
 *   one row. The line itself has to contain the end of the pattern.
 */
export function findKnownMessage(line: string, start = ''): LogMatch | undefined {
  index ??= buildIndex();
  const found = index.literals.in(line);
  if (!isPerhapsForeign(line, found)) return find(line, start, found);
  const english = translateSocketTexts(line);
  return find(english, start, index.literals.in(english));
}

/** Whether a text contains letters or literals of another language. */
function isPerhapsForeign(text: string, literals: readonly number[]): boolean {
  const { length } = index?.patternsByLiteral ?? [];
  return hasOtherLetters(text) || literals.some((literal) => literal >= length);
}

function find(line: string, startOfEvent: string, literals: readonly number[]): LogMatch | undefined {
  if (literals.length === 0) return undefined;
  const start = isPerhapsForeign(startOfEvent, index?.literals.in(startOfEvent) ?? [])
    ? translateSocketTexts(startOfEvent)
    : startOfEvent;
  const text = normalize(
    `${start.slice(0, LINE_MAX_CHARS)}${start === '' ? '' : LINE_SEPARATOR}${line.slice(0, LINE_MAX_CHARS)}`,
  );
  const lowerCase = text.toLowerCase();
  let best: number | undefined;
  for (const literal of literals) {
    for (const { rank, matches } of index?.patternsByLiteral[literal] ?? []) {
      if ((best === undefined || rank < best) && matches(lowerCase)) best = rank;
    }
  }
  const row = best === undefined ? undefined : knownMessages[best];
  if (best === undefined || row === undefined) return undefined;
  return { row, rank: best, isGeneral: best >= FIRST_GENERAL_RANK, seen: captureFields(text, row.captures) };
}

function buildIndex(): Index {
  const patternsByLiteral = new Map<string, CompiledPattern[]>();
  knownMessages.forEach(({ patterns }, rank) => {
    for (const pattern of patterns) {
      const { requiredLiterals, matches } = compile(pattern);
      for (const requiredLiteral of requiredLiterals)
        patternsByLiteral.set(requiredLiteral, [...(patternsByLiteral.get(requiredLiteral) ?? []), { rank, matches }]);
    }
  });
  return {
    literals: new AhoCorasick([...patternsByLiteral.keys(), ...ASCII_TEXTS]),
    patternsByLiteral: [...patternsByLiteral.values()],
  };
}

/** Returns the test of a pattern, and the literals of which a line must contain one. */
function compile(pattern: Pattern): { requiredLiterals: readonly string[]; matches: CompiledPattern['matches'] } {
  if (typeof pattern !== 'string')
    return { requiredLiterals: pattern.oneOf, matches: (text) => pattern.regex.test(text) };
  const parts = pattern
    .toLowerCase()
    .split('...')
    .filter((part) => part !== '');
  return { requiredLiterals: parts.slice(-1), matches: (text) => containsInOrder(text, parts) };
}

function containsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** Restores quotes and spaces as the products write them, after a log shipper, web page or word processor changed them. */
function normalize(text: string): string {
  return text
    .replaceAll(/\\u0027|&#39;|&#x27;|&apos;|[\u2018\u2019]/gi, "'")
    .replaceAll(/\\u0022|&quot;|\\"|[\u201c\u201d]/gi, '"')
    .replaceAll(/&gt;|\\u003e/gi, '>')
    .replaceAll(/\s+/g, ' ');
}
