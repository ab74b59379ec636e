import {
  CAPTURED_FIELD_NAMES,
  type CapturedFieldName,
  type CapturedFields,
  describeMessage,
  type KnownMessage,
  knownMessage,
  type LogOrigin,
  mergeOrigins,
  readOrigin,
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
  origin: LogOrigin;
  count: number;
  firstAt: string | undefined;
  lastAt: string | undefined;
  /** Values for the steps: those of the first occurrence that names a host. */
  stepValues: CapturedFields;
  readonly seen: Partial<Record<CapturedFieldName, string[]>>;
}

/** The lines by which a log names the product that wrote it. */
const PRODUCT_LINE = /Tentacle version \d|Octopus(?: Server)? version \d/;

/** Counts events by row, and by the end that wrote them. Its memory use depends on the table, not on the log. */
export class EventTally {
  readonly #scope: LogSelection;
  /** What the log as a whole shows about its origin. */
  #origin: LogOrigin;
  readonly #counts = new Map<string, Count>();
  readonly #examples: Quote[] = [];
  #unknown = 0;
  #events = 0;
  #first: Quote | undefined;

  /** @param origin what the name of the log shows about its origin. */
  constructor(scope: LogSelection, origin: LogOrigin = {}) {
    this.#scope = scope;
    this.#origin = origin;
  }

  add(event: LogEvent): void {
    if (PRODUCT_LINE.test(event.first.line)) this.#origin = mergeOrigins(readOrigin(event.first.line), this.#origin);
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
    const counts = this.#mergedCounts().toSorted((a, b) => b.count - a.count || a.line - b.line);
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

  /** The counts, with those of unknown origin added to the same row's only known origin. */
  #mergedCounts(): readonly Count[] {
    const all = [...this.#counts.values()];
    return all.filter((count) => {
      if (isKnown(count.origin)) return true;
      const others = all.filter(({ row, origin }) => row === count.row && isKnown(origin));
      const [other] = others;
      if (other === undefined || others.length > 1) return true;
      addTo(other, count);
      return false;
    });
  }

  #addKnown(event: LogEvent, known: NonNullable<LogEvent['known']>): void {
    const { at } = event;
    const { row, seen } = known.found;
    const origin = mergeOrigins(event.origin(), this.#origin);
    const key = `${row.id} ${origin.product ?? ''} ${origin.mode ?? ''}`;
    let count = this.#counts.get(key);
    if (count === undefined) {
      const { line, text } = quote(known);
      count = { row, line, text, origin, count: 0, firstAt: undefined, lastAt: undefined, stepValues: seen, seen: {} };
      this.#counts.set(key, count);
    }
    count.origin = mergeOrigins(count.origin, origin);
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

function isKnown({ product, mode }: LogOrigin): boolean {
  return product !== undefined && mode !== undefined;
}

/** Adds the occurrences of another count of the same row. */
function addTo(count: Count, other: Count): void {
  count.count += other.count;
  if (count.stepValues.host === undefined && other.stepValues.host !== undefined) count.stepValues = other.stepValues;
  for (const name of CAPTURED_FIELD_NAMES) {
    const values = new Set([...(count.seen[name] ?? []), ...(other.seen[name] ?? [])]);
    if (values.size > 0) count.seen[name] = [...values].slice(0, SEEN_VALUES_MAX);
  }
}

function quote({ number, line }: LogEvent['first']): Quote {
  return { line: number, text: sanitizeLine(line, QUOTE_MAX_CHARS) };
}

function matchOf({ row, line, text, origin, count, firstAt, lastAt, stepValues, seen }: Count): Match {
  const { means, causes, next } = describeMessage(row, { ...stepValues, origin });
  return omitUndefined({
    id: row.id,
    line,
    text,
    count,
    firstAt,
    lastAt: lastAt === undefined ? undefined : sanitizeLine(lastAt, SEEN_MAX_CHARS),
    loggedBy: origin.product,
    tentacleMode: origin.mode,
    means,
    causes,
    next,
    tells: row.decidedBy,
    seen,
  });
}

/** The match for an id that was entered, without a text in which it was found. */
export function matchOfRow(id: string): Match | undefined {
  const row = knownMessage(id);
  if (row === undefined) return undefined;
  const none = { origin: {}, firstAt: undefined, lastAt: undefined, stepValues: {}, seen: {} };
  return matchOf({ row, line: 0, text: row.text, count: 0, ...none });
}
