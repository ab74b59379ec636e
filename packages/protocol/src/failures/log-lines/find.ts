import type { LogLine, Pattern } from './log-line.js';
import { Literals } from './literals.js';
import { type Seen, seenIn } from './seen.js';
import { FIRST_GENERAL_RANK, type LogLineId, logLines } from './table.js';

/** A known message that a text holds. */
export interface Found {
  readonly row: LogLine<LogLineId>;
  /** Place in the table: the smaller, the more it says. */
  readonly rank: number;
  /** It says little by itself: what stands below it may say more of the same message. */
  readonly isGeneral: boolean;
  readonly seen: Seen;
}

/** Of a line, so much is looked at: the longest known message takes a tenth of it. */
export const LINE_MAX_CHARS = 8192;

/** What stands between the start of an event and a later line of it when both are matched as one text. */
const LATER = ' ---> ';

/** One pattern, ready to be tried. */
interface Trial {
  readonly rank: number;
  readonly fits: (lowerCase: string) => boolean;
}

/** For each literal the patterns that need it. Made when it is first needed: a ping does without. */
interface Index {
  readonly literals: Literals;
  readonly trials: readonly (readonly Trial[])[];
}
let index: Index | undefined;

/**
 * The row that says most of a line, if any.
 * @param start of the event to which the line belongs, for a later line of one: a message and the exception below it
 *   may be one row. The line itself has to hold the end of what is looked for.
 */
export function findLogLine(line: string, start = ''): Found | undefined {
  index ??= makeIndex();
  const literals = index.literals.in(line);
  if (literals.length === 0) return undefined;
  const text = plain(`${start.slice(0, LINE_MAX_CHARS)}${start === '' ? '' : LATER}${line.slice(0, LINE_MAX_CHARS)}`);
  const lowerCase = text.toLowerCase();
  let best: number | undefined;
  for (const literal of literals) {
    for (const { rank, fits } of index.trials[literal] ?? []) {
      if ((best === undefined || rank < best) && fits(lowerCase)) best = rank;
    }
  }
  const row = best === undefined ? undefined : logLines[best];
  if (best === undefined || row === undefined) return undefined;
  return { row, rank: best, isGeneral: best >= FIRST_GENERAL_RANK, seen: seenIn(text, row.captures) };
}

function makeIndex(): Index {
  const trials = new Map<string, Trial[]>();
  logLines.forEach(({ patterns }, rank) => {
    for (const pattern of patterns) {
      const { anchors, fits } = ready(pattern);
      for (const anchor of anchors) trials.set(anchor, [...(trials.get(anchor) ?? []), { rank, fits }]);
    }
  });
  return { literals: new Literals([...trials.keys()]), trials: [...trials.values()] };
}

/** The test of a pattern, and the literals of which a line must hold one. */
function ready(pattern: Pattern): { anchors: readonly string[]; fits: Trial['fits'] } {
  if (typeof pattern !== 'string') return { anchors: pattern.oneOf, fits: (text) => pattern.regex.test(text) };
  const parts = pattern
    .toLowerCase()
    .split('...')
    .filter((part) => part !== '');
  return { anchors: parts.slice(-1), fits: (text) => holdsInOrder(text, parts) };
}

function holdsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** Quotes and blanks as the products write them, whatever a shipper, a web page or a word processor made of them. */
function plain(text: string): string {
  return text
    .replaceAll(/\\u0027|&#39;|&#x27;|&apos;|[\u2018\u2019]/gi, "'")
    .replaceAll(/\\u0022|&quot;|\\"|[\u201c\u201d]/gi, '"')
    .replaceAll(/&gt;|\\u003e/gi, '>')
    .replaceAll(/\s+/g, ' ');
}
