import { type Found, findLogLine } from 'tentacle-protocol';
import { type LogHead, logHead, type Part, partOf } from './log-head.js';

/** A line with its number. */
export interface NumberedLine {
  readonly number: number;
  readonly line: string;
}

/** The line of an event that told what it is. */
export interface Known extends NumberedLine {
  readonly found: Found;
}

/**
 * Joins lines to events, so that an exception which names its cause on three lines is one message and not three.
 *
 * A line with a date or level of its own begins an event. One without belongs to the event before if that began with a
 * date (a logger writes one before each message), or if it has the form of a trace, of an inner exception, or of the
 * exception below a message. Of the rows that fit lines of one event, the one that stands first in the table counts:
 * it says most. Only a plain line that holds, whatever stands before it, a message that says less than what is known
 * already is an event of its own: there, messages were pasted one below the other.
 */
export class Events {
  #open: LogEvent | undefined;

  /** The event that this line ends by beginning another. */
  push(line: NumberedLine): LogEvent | undefined {
    const open = this.#open;
    const head = logHead(line.line);
    const part = partOf(head.message);
    if (open?.takes(head, part) === true) {
      const found = findLogLine(line.line, open.start);
      if (found === undefined || !open.isFollowedBy(line, found, head, part)) {
        open.add(line, head, part, found);
        return undefined;
      }
      this.#open = new LogEvent(line, head, part, head.at ?? open.at);
      return open;
    }
    this.#open = new LogEvent(line, head, part, head.at);
    return open;
  }

  /** The last event. */
  end(): LogEvent | undefined {
    const last = this.#open;
    this.#open = undefined;
    return last;
  }
}

/** As much of an event's first line as a later line is read together with. */
const START_MAX_CHARS = 1000;

/** One message with all its lines: the first line, more text, an exception, inner exceptions, a trace. */
export class LogEvent {
  readonly first: NumberedLine;
  readonly start: string;
  at: string | undefined;
  /** Its level is error, fatal or warning, or there is an exception in it. */
  isBad: boolean;
  known: Known | undefined;
  readonly isEmpty: boolean;
  readonly #isOwn: boolean;
  #hasException: boolean;
  #expectsInner: boolean;

  constructor(first: NumberedLine, head: LogHead, part: Part, at: string | undefined) {
    this.first = first;
    this.start = first.line.slice(0, START_MAX_CHARS);
    this.at = at;
    this.isBad = head.isBad || part === 'trace' || (!head.hasLevel && /Exception\b/.test(first.line));
    this.isEmpty = part === 'blank';
    this.#isOwn = head.isOwn;
    this.#hasException = part === 'exception';
    this.#expectsInner = part === 'inner-follows';
    const found = findLogLine(first.line);
    if (found !== undefined) this.known = { ...first, found };
  }

  /** Whether a line is a later line of this event. */
  takes(head: LogHead, part: Part): boolean {
    switch (part) {
      case 'trace':
      case 'inner-follows':
        return true;
      case 'blank':
        return !head.isOwn;
      case 'exception':
        if (head.isOwn) return !head.hasLevel && !this.#hasException;
        return this.#isOwn || this.#expectsInner || !this.#hasException;
      case 'other':
        return !head.isOwn && (this.#isOwn || this.#expectsInner);
    }
  }

  /** Whether a line that it takes is, by what it says, rather a message of its own. */
  isFollowedBy({ line }: NumberedLine, found: Found, head: LogHead, part: Part): boolean {
    if (this.known === undefined || part !== 'other' || head.isOwn || this.#expectsInner) return false;
    return found.rank > this.known.found.rank && findLogLine(line)?.rank === found.rank;
  }

  add(line: NumberedLine, head: LogHead, part: Part, found: Found | undefined): void {
    this.at ??= head.at;
    this.isBad ||= head.isBad || part === 'trace' || part === 'exception';
    this.#hasException ||= part === 'exception';
    this.#expectsInner = part === 'inner-follows' || (this.#expectsInner && part === 'blank');
    if (found === undefined) return;
    const { known } = this;
    if (known === undefined || found.rank < known.found.rank) {
      this.known = { ...line, found: { ...found, seen: { ...known?.found.seen, ...found.seen } } };
    } else {
      this.known = { ...known, found: { ...known.found, seen: { ...found.seen, ...known.found.seen } } };
    }
  }
}
