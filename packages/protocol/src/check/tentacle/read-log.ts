import { findKnownMessage, type LogMatch } from '../../diagnostics/known-messages/find-known-message.js';
import { singleLine } from '../../text/sanitize.js';

/** One known message in a log. */
export interface LoggedMessage {
  readonly id: string;
  readonly times: number;
  /** As the log has it, in local time. */
  readonly last: string;
  /** The line of the last one. */
  readonly line: string;
}

/** The warnings and errors of a log. */
export interface LogErrors {
  readonly errors: number;
  /** The time of the last one; absent without errors. */
  readonly last?: string;
  /** The latest first. */
  readonly known: readonly LoggedMessage[];
  /** The last error that is not known. */
  readonly lastUnknown?: string;
}

/** `2026-11-27 22:28:19.5154   1897      6 ERROR  text` */
const EVENT = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d+\s+\d+\s+\d+\s+(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s+(.*)$/;

const LINE_MAX_CHARS = 300;

/** Logged by each command that changes something. */
const HARMLESS = 'These changes require a restart of the Tentacle';

/** An exception has up to a hundred lines; the first ones name it. */
const EVENT_LINES_MAX = 40;

interface LogEvent {
  readonly time: string;
  readonly text: string;
  readonly lines: string[];
}

/** Returns the warnings and errors of a log since a time, as `2026-11-27 22:28:19`, and the known messages among them. */
export function findLogErrors(log: string, since: string): LogErrors {
  const events = errorEvents(log).filter(({ time, text }) => time >= since && !text.includes(HARMLESS));
  const known = new Map<string, LoggedMessage>();
  let lastUnknown: string | undefined;
  let errors = 0;
  let last: string | undefined;
  for (const event of events) {
    const match = bestMatch(event);
    // Usual in the log of a Tentacle that works.
    if (match?.row.isUsual === true) continue;
    errors++;
    last = event.time;
    const line = singleLine(event.text, LINE_MAX_CHARS);
    if (match === undefined) lastUnknown = `${event.time} ${line}`;
    else {
      const { id } = match.row;
      known.set(id, { id, times: (known.get(id)?.times ?? 0) + 1, last: event.time, line });
    }
  }
  return {
    errors,
    known: [...known.values()].sort((one, other) => (one.last < other.last ? 1 : -1)),
    ...(last === undefined ? {} : { last }),
    ...(lastUnknown === undefined ? {} : { lastUnknown }),
  };
}

function errorEvents(log: string): readonly LogEvent[] {
  const events: LogEvent[] = [];
  let current: LogEvent | undefined;
  for (const line of log.split(/\r?\n/)) {
    const match = EVENT.exec(line);
    if (match === null) {
      if (current !== undefined && current.lines.length < EVENT_LINES_MAX) current.lines.push(line);
      continue;
    }
    const [, time = '', level = '', text = ''] = match;
    current = ['WARN', 'ERROR', 'FATAL'].includes(level) ? { time, text, lines: [] } : undefined;
    if (current !== undefined) events.push(current);
  }
  return events;
}

/** The most specific message of an event: that of its first line, or of a line of its exception. */
function bestMatch({ text, lines }: LogEvent): LogMatch | undefined {
  const matches = [findKnownMessage(text), ...lines.map((line) => findKnownMessage(line, text))];
  return matches
    .filter((match) => match !== undefined)
    .reduce<LogMatch | undefined>(
      (best, match) => (best === undefined || match.rank < best.rank ? match : best),
      undefined,
    );
}
