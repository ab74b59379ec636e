/** The prefix of a log line, and its meaning for the line. */
export interface LogHead {
  /** Date and time, as the log writes them. */
  readonly at: string | undefined;
  readonly hasLevel: boolean;
  /** The level is error, fatal or warning. */
  readonly isBad: boolean;
  /** Whether the line starts a message: it has a level, or a date and time. */
  readonly isOwn: boolean;
  /** Whether the line has nothing but a head, which belongs to the message above it: the portal's copied form. */
  readonly isTrailing: boolean;
  /** The rest of the line, after date, time, process and thread numbers, and level. */
  readonly message: string;
}

const LEVEL =
  'trace|trc|verbose|vrb|debug|dbg|info(?:rmation)?|inf|notice|highlight|wait|warn(?:ing)?|wrn|error|err|fatal|ftl|crit(?:ical)?';
const BAD = /^(?:warn|wrn|e|fatal|ftl|crit)/i;

/**
 * `2024-03-05 10:15:20.1234   4508     27  INFO  ...` as Octopus and Tentacle write it; ` |  INFO | ` of Kubernetes
 * agents; `T`, time zone, brackets and quotes of other loggers; level and numbers are optional.
 */
const DATED = new RegExp(
  `^\\s{0,8}["'[]?(?<at>\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d| [+-]\\d\\d:\\d\\d)?)["'\\]]?` +
    `[\\s|,]{0,20}(?:\\d{1,10}[\\s|,]{1,20}){0,2}(?:[[("]?(?<level>${LEVEL})\\b[\\s\\])":|,]{0,20})?`,
  'i',
);

/** `10:15:20   Error    |   ...`, later lines without time and level: the raw log of a task. */
const TASK = new RegExp(`^\\s{0,8}(?<at>\\d\\d:\\d\\d:\\d\\d)\\s{1,8}(?<level>${LEVEL})\\s{0,8}\\|`, 'i');
const TASK_LATER = /^\s{8,40}\|/;

/** `[10:15:20 ERR] ...` */
const BRACKETED = new RegExp(`^\\[(?<at>\\d\\d:\\d\\d:\\d\\d)(?:\\.\\d{1,7})? (?<level>${LEVEL})\\]`, 'i');

/** A JSON line, as log shippers write it. */
const JSON_LEVEL = new RegExp(`"@?(?:l|level|loglevel|severity)"\\s?:\\s?"(?<level>${LEVEL})`, 'i');
const JSON_AT = /"@?(?:t|time|timestamp)"\s?:\s?"(?<at>[\d:.,TZ +-]{19,35})"/i;

const NOTHING = { at: undefined, hasLevel: false, isBad: false, isOwn: false, isTrailing: false } as const;

const TIME = '\\d{1,2}:\\d\\d(?::\\d\\d)?(?:[.,]\\d{1,7})?(?:\\s?[ap]\\.?m\\.?)?';

/**
 * `December 4th 2023 10:30:47Error`: the head of a message that was copied from a task's page in the portal. It comes
 * after its message, with level and time run together.
 */
const TRAILING = new RegExp(
  `^\\s{0,8}(?<at>(?:[a-z]{3,9},?\\s)?(?:[a-z]{3,9}\\.?\\s\\d{1,2}(?:st|nd|rd|th)?,?\\s\\d{4}|\\d{1,2}(?:st|nd|rd|th)?\\.?\\s[a-z]{3,9},?\\s\\d{4}|\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[/.]\\d{1,2}[/.]\\d{4}),?[\\sT]${TIME})\\s?(?<level>${LEVEL}|abandoned|retry|planned|finished|gap)\\s{0,8}$`,
  'i',
);

/** How such a head ends; a quick test, because few lines do. */
const TRAILING_END = /\d(?:\s?[ap]\.?m\.?)?\s?[a-z]{3,11}\s{0,8}$/i;

/** `Error: ...`, `ERROR ...`, `[Error] ...`, `Fatal: ...`: a level at the start of a line, without a date. */
const LEVEL_ALONE =
  /^\s{0,8}(?:[[(](?:[Ee]rror|ERROR|[Ff]atal|FATAL|[Cc]ritical)[\])]|(?:[Ee]rror|[Ff]atal(?: error)?|[Cc]ritical|[Uu]nhandled [Ee]xception)\s?[:|]|(?:ERROR|FATAL|CRITICAL)\b)/;

/** Prefixes that a system journal and container logs add to each line, also to later lines of a message. */
const JOURNAL = /^[A-Z][a-z]{2} [ \d]\d (?<at>\d\d:\d\d:\d\d) \S{1,100} [^\s:[\]]{1,60}(?:\[\d{1,10}\])?: /;
const CONTAINER = /^(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]{0,12}Z)(?: std(?:out|err) [FP])? /;
const LEVEL_FIRST = /^\s{0,8}[[(|]?\s?(?<level>TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b/;

export function logHead(line: string): LogHead {
  const trailing = TRAILING_END.test(line) ? TRAILING.exec(line) : null;
  if (trailing !== null)
    return { ...headOf(trailing.groups?.['at'], trailing.groups?.['level'] ?? '', false, ''), isTrailing: true };
  // Starts with a capital letter, or has the T of a date: most lines do neither.
  const first = line.charCodeAt(0);
  const shipped = first >= 0x41 && first <= 0x5a ? JOURNAL : line.charCodeAt(10) === 0x54 ? CONTAINER : undefined;
  const before = shipped?.exec(line);
  if (before === undefined || before === null) return ownHead(line);
  const rest = line.slice(before[0].length);
  const own = ownHead(rest);
  const level = own.isOwn ? undefined : LEVEL_FIRST.exec(rest)?.groups?.['level'];
  const head = level === undefined ? own : headOf(undefined, level, true, rest);
  return { ...head, at: head.at ?? before.groups?.['at'] };
}

function ownHead(line: string): LogHead {
  // Most lines start with a digit; comparing its code is cheaper than a regular expression.
  const first = line.charCodeAt(0);
  if ((first >= 0x30 && first <= 0x39) || first === 0x20 || first === 0x22 || first === 0x27 || first === 0x5b) {
    const dated = DATED.exec(line);
    if (dated !== null) return head(line, dated, true);
    const task = TASK.exec(line);
    // In a task's log each line has a time, also later lines of a message.
    if (task !== null) return head(line, task, false);
    const later = TASK_LATER.exec(line);
    if (later !== null) return { ...NOTHING, message: line.slice(later[0].length) };
    const bracketed = BRACKETED.exec(line);
    if (bracketed !== null) return head(line, bracketed, true);
  }
  if (first === 0x7b) {
    return headOf(JSON_AT.exec(line)?.groups?.['at'], JSON_LEVEL.exec(line)?.groups?.['level'] ?? '', true, line);
  }
  const alone = LEVEL_ALONE.exec(line);
  if (alone === null) return { ...NOTHING, message: line };
  // The level stays part of the message: products write it, too.
  return headOf(undefined, 'error', false, line);
}

function head(line: string, match: RegExpExecArray, isOwn: boolean): LogHead {
  const { groups } = match;
  return headOf(groups?.['at'], groups?.['level'] ?? '', isOwn, line.slice(match[0].length));
}

function headOf(at: string | undefined, level: string, isOwn: boolean, message: string): LogHead {
  return { at, hasLevel: level !== '', isBad: BAD.test(level), isOwn, isTrailing: false, message };
}

/** Kind of a line within the text of an exception. */
export type Part =
  /** `   at System.Net...(`, `--- End of inner exception ...`, `---> System...`: always part of the message before. */
  | 'trace'
  /** The message of another exception follows, on a line of its own. */
  | 'inner-follows'
  /** The name of an exception, usually with its message. */
  | 'exception'
  | 'blank'
  | 'other';

const TRACE =
  /^\s*(?:(?:at|bei|bij|vid|ved|v|\u00e0|en|in|em|w|\u0432|\u5728|\u65bc|\u5834\u6240|\uc704\uce58:|konum:)\s{1,4}[\w.$<>`+|[\],&*]{3,400}\(|at (?:[A-Z_]\w{0,80}\.){2,20}[\w.<>`]{1,100}\s*$|--->|---\s|<---|\(Inner Exception #)/;
const INNER_FOLLOWS = /^\s*(?:--\s?Inner Exception\s?--|Server exception:)\s*$/i;
const EXCEPTION = /^\s*"?(?:Unhandled exception[.:]? )?(?:\w{1,100}[.+]){0,12}\w{0,100}Exception\b/;

export function partOf(message: string): Part {
  if (TRACE.test(message)) return 'trace';
  if (EXCEPTION.test(message)) return 'exception';
  if (INNER_FOLLOWS.test(message)) return 'inner-follows';
  // A line without a letter or digit is a ruler.
  return /[\p{L}\p{N}]/u.test(message) ? 'other' : 'blank';
}
