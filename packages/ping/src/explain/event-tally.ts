import {
  type KnownMessage,
  knownMessage,
  type CapturedFields,
  CAPTURED_FIELD_NAMES,
  type CapturedFieldName,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { sanitizeLine } from './sanitize-line.js';
import type { LogEvent } from './events.js';
import type { Explanation, Match, Quote } from './explanation.js';

/** Enough of a line to recognize it. */
const QUOTE_MAX_CHARS = 300;
const SEEN_MAX_CHARS = 120;

/** Enough to distinguish one host from many. */
const SEEN_VALUES_MAX = 5;
const UNKNOWN_EXAMPLES_MAX = 3;

/** Which messages count as unknown if no row matches them. */
export type LogSelection =
  /** In a log: those that look like an error. */
  | 'errors'
  /** In a pasted message: all of them. */
  | 'all';

interface Count {
  readonly row: KnownMessage;
  readonly line: number;
  readonly text: string;
  count: number;
  firstAt: string | undefined;
  lastAt: string | undefined;
  /** Values for the steps: those of the first occurrence that names a host. */
  stepValues: CapturedFields;
  readonly seen: Partial<Record<CapturedFieldName, string[]>>;
}

/** Counts events by row. Its memory use depends on the table, not on the log. */
export class EventTally {
  readonly #scope: LogSelection;
  readonly #counts = new Map<string, Count>();
  readonly #examples: Quote[] = [];
  #unknown = 0;
  #events = 0;
  #first: Quote | undefined;

  constructor(scope: LogSelection) {
    this.#scope = scope;
  }

  add(event: LogEvent): void {
    if (event.known !== undefined) {
      this.#addKnown(event, event.known);
    } else if (event.isBad || (this.#scope === 'all' && !event.isEmpty)) {
      this.#addUnknown(quote(event.first));
    }
    if (event.isEmpty) return;
    this.#events++;
    this.#first ??= quote(event.first);
  }

  result(read: Pick<Explanation, 'lines' | 'cutLines' | 'stopped'>): Explanation {
    // A single message was pasted, even if it was read from a file or a pipe.
    if (this.#events === 1 && this.#counts.size === 0 && this.#unknown === 0 && this.#first !== undefined)
      this.#addUnknown(this.#first);
    const counts = [...this.#counts.values()].toSorted((a, b) => b.count - a.count || a.line - b.line);
    return {
      schema: 'tentacle-ping/explanation/1',
      matches: counts.map(matchOf),
      unknownLines: this.#unknown,
      unknownExamples: this.#examples,
      ...read,
    };
  }

  #addUnknown(example: Quote): void {
    this.#unknown++;
    if (this.#examples.length < UNKNOWN_EXAMPLES_MAX) this.#examples.push(example);
  }

  #addKnown({ at }: LogEvent, known: NonNullable<LogEvent['known']>): void {
    const { row, seen } = known.found;
    let count = this.#counts.get(row.id);
    if (count === undefined) {
      const { line, text } = quote(known);
      count = { row, line, text, count: 0, firstAt: undefined, lastAt: undefined, stepValues: seen, seen: {} };
      this.#counts.set(row.id, count);
    }
    count.count++;
    count.firstAt ??= at === undefined ? undefined : sanitizeLine(at, SEEN_MAX_CHARS);
    count.lastAt = at ?? count.lastAt;
    if (count.stepValues.host === undefined && seen.host !== undefined) count.stepValues = seen;
    for (const name of CAPTURED_FIELD_NAMES) {
      const value = seen[name];
      if (value === undefined) continue;
      const values = (count.seen[name] ??= []);
      if (values.length >= SEEN_VALUES_MAX) continue;
      const cleaned = sanitizeLine(value, SEEN_MAX_CHARS);
      if (cleaned !== '' && !values.includes(cleaned)) values.push(cleaned);
    }
  }
}

function quote({ number, line }: LogEvent['first']): Quote {
  return { line: number, text: sanitizeLine(line, QUOTE_MAX_CHARS) };
}

function matchOf({ row, line, text, count, firstAt, lastAt, stepValues, seen }: Count): Match {
  return omitUndefined({
    id: row.id,
    line,
    text,
    count,
    firstAt,
    lastAt: lastAt === undefined ? undefined : sanitizeLine(lastAt, SEEN_MAX_CHARS),
    means: row.means,
    causes: row.causes,
    next: row.next(stepValues),
    tells: row.decidedBy,
    seen,
  });
}

/** The match for an id that was entered, without a text in which it was found. */
export function matchOfRow(id: string): Match | undefined {
  const row = knownMessage(id);
  if (row === undefined) return undefined;
  const none = { firstAt: undefined, lastAt: undefined, stepValues: {}, seen: {} };
  return matchOf({ row, line: 0, text: row.text, count: 0, ...none });
}
