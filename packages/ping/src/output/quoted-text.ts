import { toAscii } from 'tentacle-protocol/cli';

/** Begins every line of a quotation. */
const MARK = '   | ';

/** Letters that take two columns of a terminal (East Asian Wide and Fullwidth), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** Whether the reader's terminal shows letters beyond ASCII. Node writes UTF-16 to consoles of Windows. */
export function showsUnicode(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): boolean {
  if (platform === 'win32') return true;
  // The order in which the C library looks for the character set.
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}

/** How a text from outside is printed. */
export interface TextFormat {
  readonly width: number;
  /** Without, letters beyond ASCII become `?`. */
  readonly unicode: boolean;
}

/** A piece of a log, already without control characters, with a mark before each of its lines. */
export function quotedText(text: string, { width, unicode }: TextFormat): string {
  const columns = Math.max(1, width - MARK.length);
  return wrapColumns(printable(text, unicode), columns)
    .map((line) => `${MARK}${line}\n`)
    .join('');
}

/** The text as the terminal can show it. */
export function printable(text: string, unicode: boolean): string {
  return unicode ? text : toAscii(text);
}

/** Breaks a text at spaces, and words that are too long anywhere, by the columns that its letters take. */
function wrapColumns(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    if (line !== '' && used + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = '';
      used = 0;
    }
    if (line !== '') {
      line += ' ';
      used++;
    }
    for (const letter of word) {
      const width = columnsOf(letter);
      if (used + width > columns) {
        lines.push(line);
        line = '';
        used = 0;
      }
      line += letter;
      used += width;
    }
  }
  return [...lines, line];
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) if (!COMBINING.test(letter)) columns += WIDE.test(letter) ? 2 : 1;
  return columns;
}
