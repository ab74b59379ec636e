import {
  CAPTURED_FIELD_NAMES,
  findByFragment,
  type LogOrigin,
  mergeOrigins,
  readOrigin,
  SCRIPT_ENDED,
} from 'tentacle-protocol/diagnostics';
import { sanitizeLine } from 'tentacle-protocol/cli';
import type { Known, LogEvent } from './events.js';
import type { Explanation, Quote } from './explanation.js';
import { type Count, matchOf, SEEN_MAX_CHARS } from './match-of-row.js';

/** Enough of a line to recognize it. */
const QUOTE_MAX_CHARS = 300;

/** Enough to distinguish one host from many. */
const SEEN_VALUES_MAX = 5;
const UNKNOWN_EXAMPLES_MAX = 3;

/** Which messages count as unknown if no row matches them. */
export type LogSelection =
  /** In a log: those that look like an error. */
  | 'errors'
  /** In a pasted message: all of them. */
  | 'all';

/** A script's error output, with its exit code at the end, is rarely longer than this number of known messages. */
const HELD_MAX = 50;

/** Ids of messages that any program prints about its connection. */
const OF_ANY_CONNECTION = /^(?:dns|tcp|tls|data|idle|proxy|rest|rpc\.canceled)\b/;

/** Messages that no row matches: their number, and the first ones. */
class UnknownMessages {
  readonly examples: Quote[] = [];
  count = 0;

  add(example: Quote): void {
    this.count++;
    if (this.examples.length < UNKNOWN_EXAMPLES_MAX) this.examples.push(example);
  }
}

/** A line of the web page that the library logs behind the address of the connection: part of the message above it. */
const PAGE_LINE =
  /(?:https|wss):\/\/[^\s"]{1,255}"? {1,30}\d{1,6} {1,3}"?(?:Response:|<|(?:Server|Location|Date|Connection|Cache-Control|Content-[A-Z]|Set-Cookie|Referrer-Policy|Transfer-Encoding|Via|Vary|X-)[\w-]{0,40}:?)/i;

/** What a step prints before the error that it failed with. */
const ROLLBACK = /running rollback (?:conventions|behaviours)/i;

/** The lines by which a log names the product that wrote it. */
const PRODUCT_LINE = /Tentacle version \d|Server version \d/;

/** Counts events by row, and by the end that wrote them. Its memory use depends on the table, not on the log. */
export class EventTally {
  readonly #scope: LogSelection;
  /** What the log as a whole shows about its origin. */
  #origin: LogOrigin;
  readonly #counts = new Map<string, Count>();
  /** Known messages whose next lines may show that a script printed them. */
  #held: { readonly event: LogEvent; readonly known: Known }[] = [];
  /** Unknown messages that look like errors, and those of a pasted text that do not. */
  #bad = new UnknownMessages();
  readonly #plain = new UnknownMessages();
  #events = 0;
  /** Whether a step failed above: what it printed follows, up to its exit code. */
  #isInRollback = false;
  #firstEvent: LogEvent | undefined;

  /** @param origin what the name of the log shows about its origin. */
  constructor(scope: LogSelection, origin: LogOrigin = {}) {
    this.#scope = scope;
    this.#origin = origin;
  }

  add(event: LogEvent): void {
    if (PRODUCT_LINE.test(event.first.line)) this.#origin = mergeOrigins(readOrigin(event.first.line), this.#origin);
    if (SCRIPT_ENDED.test(event.first.line)) {
      this.#release('script');
      this.#isInRollback = ROLLBACK.test(event.first.line);
      // Only the head of what follows, although its level is that of an error.
      if (this.#isInRollback) return;
    }
    if (event.known !== undefined) {
      this.#held.push({ event, known: event.known });
      if (this.#held.length > HELD_MAX) this.#release();
    } else if (event.isEmpty || PAGE_LINE.test(event.first.line)) {
      return;
    } else if (event.isBad && !event.isFragment) {
      this.#bad.add(quote(event.first));
    } else if (this.#scope === 'all' || event.isFragment) {
      this.#plain.add(quote(event.first));
    }
    this.#events++;
    this.#firstEvent ??= event;
  }

  /** Counts the messages that were held back. @param cause `script`: a script printed those that are not Halibut's. */
  #release(cause?: 'script'): void {
    for (const { event, known } of this.#held) {
      const own = event.origin();
      const isOfScript =
        (cause === 'script' || this.#isInRollback) &&
        own.carries !== 'halibut' &&
        OF_ANY_CONNECTION.test(known.found.row.id);
      this.#addKnown(event, known, isOfScript ? { ...own, carries: 'script' } : own);
    }
    this.#held = [];
  }

  /** Adds the row of which a pasted text is only a part, if it is one unknown message. */
  #addFragment(): void {
    const first = this.#firstEvent;
    if (this.#events !== 1 || this.#counts.size > 0 || first === undefined) return;
    const found = findByFragment(first.first.line);
    if (found === undefined) return;
    this.#addKnown(first, { ...first.first, found }, first.origin());
    this.#bad = new UnknownMessages();
  }

  result(read: Pick<Explanation, 'lines' | 'cutLines' | 'stopped'>): Explanation {
    this.#release();
    this.#addFragment();
    // A single message was pasted, even if it was read from a file or a pipe.
    if (
      this.#events === 1 &&
      this.#counts.size === 0 &&
      this.#bad.count + this.#plain.count === 0 &&
      this.#firstEvent !== undefined
    )
      this.#plain.add(quote(this.#firstEvent.first));
    // Beside an error, or a known message, the output around it is not another message.
    const unknown = this.#bad.count > 0 || this.#counts.size > 0 ? this.#bad : this.#plain;
    const counts = this.#mergedCounts().toSorted(
      (a, b) => Number(a.row.isUsual ?? false) - Number(b.row.isUsual ?? false) || b.count - a.count || a.line - b.line,
    );
    return {
      schema: 'tentacle-ping/explanation/1',
      matches: counts.map(matchOf),
      unknownLines: unknown.count,
      unknownExamples: unknown.examples,
      ...read,
    };
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

  #addKnown({ at }: LogEvent, known: Known, eventOrigin: LogOrigin): void {
    const { row, seen } = known.found;
    const origin = mergeOrigins(eventOrigin, this.#origin);
    const key = `${row.id} ${origin.product ?? ''} ${origin.mode ?? ''} ${origin.carries === 'script'}`;
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

function isKnown({ product, mode, carries }: LogOrigin): boolean {
  if (carries === 'script') return true;
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
