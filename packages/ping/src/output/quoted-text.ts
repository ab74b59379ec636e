import { type Screen, textWidth, toAscii } from 'tentacle-protocol/cli';

/** Begins every line of a quotation. */
const MARK = '  | ';

/** A piece of a log, already without control characters, with a mark before each of its lines. */
export function quotedText(text: string, { width, unicode }: Screen): string {
  const columns = Math.max(1, width - MARK.length);
  return wrapColumns(printable(text, unicode), columns)
    .map((line) => `${MARK}${line}\n`)
    .join('');
}

/** The beginning of a piece of a log, on one line. */
export function quotedLine(text: string, { width, unicode }: Screen): string {
  const columns = Math.max(1, width - MARK.length);
  const [first = '', next] = wrapColumns(printable(text, unicode), columns);
  if (next === undefined) return `${MARK}${first}\n`;
  const [shorter = ''] = wrapColumns(printable(text, unicode), columns - CONTINUED.length);
  return `${MARK}${shorter}${CONTINUED}\n`;
}

/** Marks that something is left out. */
const CONTINUED = ' ...';

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
    if (line !== '' && used + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = '';
      used = 0;
    }
    if (line !== '') {
      line += ' ';
      used++;
    }
    for (const letter of word) {
      const width = textWidth(letter);
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
