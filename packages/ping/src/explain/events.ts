import { findKnownMessage, type LogMatch, type LogOrigin, readOrigin } from 'tentacle-protocol/diagnostics';
import { type LogHead, logHead, type Part, partOf } from './log-head.js';

/** A line with its number. */
export interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

/** The line by which an event was recognized. */
export interface Known extends NumberedLine {
  readonly found: LogMatch;
}

/**
 * Joins lines to events, so that an exception that names its cause on three lines is one message, not three.
 *
 * A line with its own date or level starts an event. A line without belongs to the previous event if that started with
 * a date (a logger writes one before each message), or if the line has the form of a stack trace, an inner exception, or
 * the exception below a message. Of the rows that match lines of one event, the first in the table counts: it is the
 * most specific. Messages pasted one below the other are separated: a plain line that matches a less specific row than
 * the event already did, or an exception that is another message and has no trace, is an event of its own.
 */
export class Events {
  readonly #onEvent: (event: LogEvent) => void;
  #open: LogEvent | undefined;
  /** An exception below this event started the open one; if a trace follows, the exception belongs to this event. */
  #before: { readonly event: LogEvent; readonly add: () => void } | undefined;

  constructor(onEvent: (event: LogEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(line: NumberedLine): void {
    const head = logHead(line.line);
    const part = partOf(head.message);
    if (this.#before !== undefined) this.#decide(part === 'trace');
    const open = this.#open;
    if (head.isTrailing) {
      if (open === undefined) this.#begin(new LogEvent(line, head, 'blank', head.at));
      else open.close(head);
      return;
    }
    if (open?.takes(head, part) !== true) {
      this.#begin(new LogEvent(line, head, part, head.at));
      return;
    }
    const found = findKnownMessage(line.line, part === 'trace' ? open.context() : open.start);
    const add = (): void => open.add(line, head, part, found);
    if (found !== undefined && open.isPerhapsFollowedBy(line, found, part)) {
      const next = new LogEvent(line, head, part, head.at ?? open.at);
      if (part === 'exception') {
        this.#before = { event: open, add };
        this.#open = next;
      } else {
        this.#begin(next);
      }
    } else {
      add();
    }
  }

  /** Ends the last event. */
  end(): void {
    this.#decide(false);
    if (this.#open !== undefined) this.#onEvent(this.#open);
    this.#open = undefined;
  }

  #begin(event: LogEvent): void {
    if (this.#open !== undefined && !event.repeats(this.#open)) this.#onEvent(this.#open);
    this.#open = event;
  }

  #decide(isOne: boolean): void {
    const before = this.#before;
    if (before === undefined) return;
    this.#before = undefined;
    if (isOne) {
      before.add();
      this.#open = before.event;
    } else {
      this.#onEvent(before.event);
    }
  }
}

/** Number of characters of an event's first line with which later lines are matched together. */
const START_MAX_CHARS = 1000;

/** Shorter messages are the beginning of many others. */
const REPEATED_MIN_CHARS = 15;

/** Number of lines of an event that are examined for the end that wrote it; a stack trace names it in its first lines. */
const ORIGIN_MAX_LINES = 40;

/** One message with all its lines: the first line, more text, an exception, inner exceptions, a trace. */
export class LogEvent {
  /** The line that is quoted for it: its first line, or the first with text below a ruler. */
  first: NumberedLine;
  readonly start: string;
  at: string | undefined;
  /** Whether its level is error, fatal or warning, or it contains an exception. */
  isBad: boolean;
  known: Known | undefined;
  isEmpty: boolean;
  /** Whether it begins within a stack trace, because the text was cut there: no message, whatever it contains. */
  readonly isFragment: boolean;
  readonly #isOwn: boolean;
  #isClosed = false;
  readonly #lines: string[] = [];
  #hasException: boolean;
  #expectsInner: boolean;
  /** The last line with an exception, to which a stack trace below it belongs. */
  #exception = '';
  readonly #message: string;

  constructor(first: NumberedLine, head: LogHead, part: Part, at: string | undefined) {
    this.first = first;
    this.start = first.line.slice(0, START_MAX_CHARS);
    this.#lines.push(this.start);
    this.at = at;
    this.isBad = head.isBad || part === 'trace' || (!head.hasLevel && /Exception\b/.test(first.line));
    this.isEmpty = part === 'blank';
    this.isFragment = part === 'trace';
    this.#isOwn = head.isOwn;
    this.#hasException = part === 'exception';
    this.#expectsInner = part === 'inner-follows';
    this.#message = head.message.trim();
    const found = findKnownMessage(first.line);
    if (found !== undefined) this.known = { ...first, found };
  }

  /** The text that a method in its stack trace completes: its first line, and its last exception. */
  context(): string {
    return this.#exception === '' ? this.start : `${this.start} ---> ${this.#exception}`;
  }

  /** Whether its first line is the only line of another event again, with the exception behind it: one message. */
  repeats(other: LogEvent): boolean {
    const [message, shorter] = [this.#message, other.#message];
    if (this.#isOwn || other.#lines.length > 1 || shorter.length < REPEATED_MIN_CHARS) return false;
    return message.startsWith(shorter) && /^\s{0,3}[\w.]{3,200}Exception\b/.test(message.slice(shorter.length));
  }

  /** What its lines show about the end that wrote them. */
  origin(): LogOrigin {
    return readOrigin(this.#lines.join('\n'));
  }

  /** Takes its time and level from a head below it, which ends it. */
  close(head: LogHead): void {
    this.at ??= head.at;
    this.isBad ||= head.isBad;
    this.#isClosed = true;
  }

  /** Whether a line is a later line of this event. */
  takes(head: LogHead, part: Part): boolean {
    if (this.#isClosed) return part === 'blank' && !head.isOwn;
    switch (part) {
      case 'trace':
      case 'inner-follows':
        return true;
      case 'blank':
        return !head.isOwn;
      case 'exception':
        if (head.isOwn) return !head.hasLevel && !this.#hasException;
        // Without heads the exception is the message, not the line of output above it.
        if (!this.#isOwn && !this.isBad && this.known === undefined && !this.#expectsInner && !this.isEmpty)
          return false;
        return this.#expectsInner || !this.#hasException || (this.#isOwn && !head.hasLevel);
      case 'other':
        return !head.isOwn && (this.#expectsInner || (this.#isOwn && !head.hasLevel));
    }
  }

  /** Whether a line that could belong to this event may be a message of its own, judging by its text. */
  isPerhapsFollowedBy({ line }: NumberedLine, found: LogMatch, part: Part): boolean {
    const known = this.known?.found;
    if (known === undefined || this.#expectsInner || found.rank === known.rank) return false;
    // Matched together with the start it is another row, so the two are one message.
    if (findKnownMessage(line)?.rank !== found.rank) return false;
    if (part === 'exception') return !known.isGeneral && !this.start.includes(exceptionMessage(line));
    return part === 'other' && found.rank > known.rank;
  }

  add(line: NumberedLine, head: LogHead, part: Part, found: LogMatch | undefined): void {
    this.at ??= head.at;
    if (this.#lines.length < ORIGIN_MAX_LINES) this.#lines.push(line.line.slice(0, START_MAX_CHARS));
    this.isBad ||= head.isBad || part === 'trace' || part === 'exception';
    if (this.isEmpty && part !== 'blank') {
      this.first = line;
      this.isEmpty = false;
    }
    if (part === 'exception' || /^\s{0,40}--->/.test(head.message))
      this.#exception = line.line.slice(0, START_MAX_CHARS);
    // An inner exception has its own name.
    this.#hasException = part === 'exception' || (this.#hasException && part !== 'inner-follows');
    this.#expectsInner = part === 'inner-follows' || (this.#expectsInner && part === 'blank');
    if (found === undefined) return;
    const { known } = this;
    if (known === undefined || found.rank < known.found.rank) {
      // A method in a stack trace only identifies the message above it.
      const quoted = part === 'trace' && /^\s{0,40}at\s/.test(head.message) ? (known ?? this.first) : line;
      const { number, line: text } = quoted;
      this.known = { number, line: text, found: { ...found, seen: { ...known?.found.seen, ...found.seen } } };
    } else {
      this.known = { ...known, found: { ...known.found, seen: { ...found.seen, ...known.found.seen } } };
    }
  }
}

/** The message of an exception, without its name and number. */
function exceptionMessage(line: string): string {
  return line.replace(/^.{0,200}?Exception(?: \(\w{1,12}\))?:\s{0,3}/, '').slice(0, 80);
}
