import { type Screen, textWidth, withoutStyles } from '../../packages/protocol/src/cli/index.js';

/** A narrow terminal, that of consoles, a wide one and the widest; with Unicode and without. */
export const SCREENS: readonly Screen[] = [40, 80, 120, 200].flatMap((width) => [
  { width, unicode: true },
  { width, unicode: false },
]);

/** The widest screen: on it, no word is near the end of a line. */
const WIDEST = { width: 200 };

/** Our own commands, also behind the words that introduce them. */
const OWN_COMMAND = /^(?:More: )?(?:--verbose, or )?tentacle-p[io]ng /;

/** A quotation from a log, whose words may be wider than what is left of the line. */
const QUOTATION = /^ *\| /;

/** A text as it is shown on one screen, and what it has that is copied and so never wrapped. */
export interface ShownText {
  readonly text: string;
  readonly screen: Screen;
  readonly commands: ReadonlySet<string>;
}

/** The lines that are wider than the screen: neither commands nor single words that are wider themselves. */
export function tooWide({ text, screen: { width }, commands }: ShownText): string[] {
  return linesOf(text).filter((line) => {
    if (textWidth(line) <= width) return false;
    const isWideWord = line.split(' ').some((word) => textWidth(word) > width);
    return !isWideWord && !isCommand(line, commands);
  });
}

function isCommand(line: string, commands: ReadonlySet<string>): boolean {
  const text = line.trim().replace(/^(?:PowerShell|Linux) {2,}/, '');
  return commands.has(text) || OWN_COMMAND.test(text);
}

/** The words of the widest screen that another one has in two pieces, at the end of a line and at the start of the next. */
export function brokenWords({ text, screen }: ShownText, widest: string): string[] {
  const words = new Set(linesOf(widest).flatMap(wordsOf));
  const lines = linesOf(text).filter((line) => !QUOTATION.test(line));
  const here = new Set(lines.flatMap(wordsOf));
  return lines.flatMap((line, i) => {
    const [end = ''] = wordsOf(line).slice(-1);
    const [start = ''] = wordsOf(lines[i + 1] ?? '');
    const joined = `${end}${start}`;
    const isBroken = end !== '' && start !== '' && words.has(joined) && !here.has(joined) && !words.has(end);
    return isBroken && screen.width < WIDEST.width ? [joined] : [];
  });
}

/** The words of the widest screen that another one does not have. */
export function missingWords({ text }: ShownText, widest: string): string[] {
  // A sentence may follow its headline on the same line, which then has a full stop.
  const plainWords = (all: string): Set<string> =>
    new Set(linesOf(all).flatMap((line) => wordsOf(line).map((word) => word.replace(/[.,:;]$/, ''))));
  const here = plainWords(text);
  return [...plainWords(widest)].filter((word) => !here.has(word));
}

/** Control characters other than line ends, and without Unicode all that is not ASCII. */
export function unsafeLetters({ text, screen }: ShownText): string[] {
  const letters = withoutStyles(text).match(/[^\n]/gu) ?? [];
  return letters.filter((letter) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(letter) || (!screen.unicode && letter > '~'));
}

/** Traces of a value that is not there. */
export function holes({ text }: ShownText): string[] {
  return withoutStyles(text).match(/undefined|NaN|\[object/g) ?? [];
}

function linesOf(text: string): string[] {
  return withoutStyles(text).split('\n');
}

function wordsOf(line: string): string[] {
  return line.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word));
}
