import {
  count,
  formatShare,
  mark,
  markWidth,
  msAligned,
  padEnd,
  padStart,
  type Screen,
  styled,
  textWidth,
  verdictText,
  withPort,
  wrap,
} from 'tentacle-protocol/cli';
import { type FailureId, failureDefinition } from 'tentacle-protocol/diagnostics';
import type { TargetLine, TargetsReport } from '../measurements/targets/targets-report.js';

/** How many targets are named with a verdict; all of them are in the table. */
const NAMED_MAX = 8;

/** Columns of `ok/sent` and of the time, with the spaces before them. */
const SHARE_COLUMNS = 9;
const TIME_COLUMNS = 9;

/** A title in fewer columns is not begun, and a verdict in fewer is on a line of its own. */
const TITLE_MIN_COLUMNS = 16;
const VERDICT_MIN_COLUMNS = 24;

/** The lines of a table of targets, in columns that fit the screen. */
export interface TargetRows {
  readonly head: string;
  readonly row: (line: TargetLine) => string;
}

/** @param widest the columns of the longest name of a target. */
export function targetRows(widest: number, screen: Screen): TargetRows {
  const { width } = screen;
  const marks = markWidth(screen) + 1;
  // Longer names push their line's columns to the right; the others stay aligned.
  const nameColumns = Math.min(
    widest,
    Math.max(6, width - marks - SHARE_COLUMNS - TIME_COLUMNS - 2 - VERDICT_MIN_COLUMNS),
  );
  const head = `${' '.repeat(marks)}${padEnd('target', nameColumns)}${padStart('ok/sent', SHARE_COLUMNS)}${padStart('p50 ms', TIME_COLUMNS)}  verdict`;
  return {
    head: `${styled('dim', width < textWidth(head) ? head.trimEnd().slice(0, width) : head)}\n`,
    row: (line) => targetRow(line, { nameColumns, marks, screen }),
  };
}

function targetRow(
  line: TargetLine,
  { nameColumns, marks, screen }: { readonly nameColumns: number; readonly marks: number; readonly screen: Screen },
): string {
  const { attempts, p50Us, verdict } = line;
  const isOk = verdict.id === 'ok';
  const share = padStart(`${attempts.ok}/${attempts.sent}`, SHARE_COLUMNS);
  const time = padStart(p50Us === undefined ? '-' : msAligned(p50Us), TIME_COLUMNS);
  const begin = padEnd(mark(isOk ? 'good' : 'bad', screen), marks);
  const figures = `${begin}${padEnd(targetName(line), nameColumns)}${share}${time}`;
  const result = isOk ? 'ok' : styled('bad', verdict.id);
  const used = textWidth(figures) + 2 + textWidth(result);
  if (used > screen.width) {
    const below = textWidth(figures) <= screen.width ? '' : `${`${share}${time}`.trim()}  `;
    const above = below === '' ? figures : nameLines(`${begin}${targetName(line)}`, marks, screen.width);
    return `${above}\n${wrap(`${below}${result}`, ' '.repeat(marks), ' '.repeat(marks), screen.width)}\n`;
  }
  const left = screen.width - used - 2;
  const title = isOk ? '' : cutAtWord(verdict.title, left);
  return `${figures}  ${result}${title === '' ? '' : `: ${title}`}\n`;
}

/** A name with its mark; where both do not fit, the address is below. The name itself is never broken. */
function nameLines(name: string, indent: number, width: number): string {
  return textWidth(name) <= width ? name : name.replace(' (', `\n${' '.repeat(indent)}(`);
}

/** The text, or its first words with `...`; nothing where those would be too few. */
function cutAtWord(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const end = width < TITLE_MIN_COLUMNS ? 0 : text.lastIndexOf(' ', width - '...'.length);
  return end <= 0 ? '' : `${text.slice(0, end)}...`;
}

/** `host:port`, and the address where it is one of several. */
export function targetName({ host, port, address }: Pick<TargetLine, 'host' | 'port' | 'address'>): string {
  const name = withPort(host, port);
  return address === undefined || address === host ? name : `${name} (${address})`;
}

/** The text below the table: how many targets work, which do not and why, and where to read on. */
export function targetsText(report: TargetsReport, screen: Screen): string {
  const { width } = screen;
  const { requested, targets, verdicts, verdict } = report;
  const stopped = targets.length < requested ? `; stopped before the other ${requested - targets.length}` : '';
  const ok = verdicts['ok'] ?? 0;
  const counts = `${styled('strong', count(targets.length, 'target'))}, ${ok} ok, ${targets.length - ok} failed (${formatShare(targets.length - ok, targets.length)})${stopped}`;
  const lines = [`\n${wrap(counts, '', '  ', width)}\n`];
  for (const [id, times] of Object.entries(verdicts)) {
    if (id === 'ok') continue;
    const names = targets.filter((line) => line.verdict.id === id).map(targetName);
    const more = names.length > NAMED_MAX ? `, and ${names.length - NAMED_MAX} more` : '';
    const first = `${padStart(String(times), 6)}  `;
    lines.push(
      `${wrap(`${styled('bad', id)}: ${names.slice(0, NAMED_MAX).join(', ')}${more}`, first, ' '.repeat(10), width)}\n`,
    );
  }
  if (verdict !== undefined) lines.push('\n', verdictText(verdict, screen));
  const failures = Object.keys(verdicts).filter((id) => id.includes('.'));
  if (failures.length > 0) {
    lines.push(`\n${wrap('Next steps for each: tentacle-ping diagnose TARGET, or', '', '', width)}\n`);
    const longest = Math.max(...failures.map((id) => id.length));
    for (const id of failures) lines.push(explainLine(id, longest, width));
  }
  return lines.join('');
}

/** The command that explains a failure, and its title where there is room. */
function explainLine(id: string, longest: number, width: number): string {
  const command = `  tentacle-ping explain ${id.padEnd(longest)}`;
  const title = cutAtWord(failureDefinition(id as FailureId).title, width - command.length - 2);
  return `${title === '' ? command.trimEnd() : `${command}  ${styled('dim', title)}`}\n`;
}
