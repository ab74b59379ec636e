import { textWidth } from '../text/text-width.js';

/** A line that shows what a program waits for. It is rewritten in place, and stays below everything else. */
export interface StatusLine {
  /** Shows a text in place of the previous one; one line, cut to the terminal's width. */
  readonly show: (text: string) => void;
  /** Removes it. */
  readonly clear: () => void;
}

/** The status line of a terminal on stderr. What else is printed goes through `around`. */
export class TerminalStatusLine implements StatusLine {
  readonly #write: (text: string) => void;
  readonly #columns: () => number | undefined;
  #text = '';
  /** Columns that the line on the screen takes. */
  #shownColumns = 0;

  /** @param columns the terminal's width at this moment: it may be resized. */
  constructor(write: (text: string) => void, columns: () => number | undefined) {
    this.#write = write;
    this.#columns = columns;
  }

  show(text: string): void {
    this.#text = text;
    this.#draw();
  }

  clear(): void {
    this.#text = '';
    this.#erase();
  }

  /** Prints something else in its place; the line follows below it, unless the print left a line unfinished. */
  around(text: string, print: () => void): void {
    this.#erase();
    print();
    if (text.endsWith('\n')) this.#draw();
  }

  #draw(): void {
    if (this.#text === '') return;
    // One less than the width: a full line would wrap, and could not be rewritten.
    const reported = this.#columns() ?? 0;
    const columns = (reported === 0 ? UNKNOWN_COLUMNS : reported) - 1;
    if (columns < 1) return;
    const line = cut(this.#text, columns);
    const shown = textWidth(line);
    this.#write(`\r${line}${' '.repeat(Math.max(0, Math.min(this.#shownColumns, columns) - shown))}\r`);
    this.#shownColumns = shown;
  }

  #erase(): void {
    if (this.#shownColumns === 0) return;
    // Spaces, which every console has, in place of an escape sequence.
    this.#write(`\r${' '.repeat(this.#shownColumns)}\r`);
    this.#shownColumns = 0;
  }
}

/** A terminal that reports no columns, as some serial and remote consoles do. */
const UNKNOWN_COLUMNS = 80;

/** The text in at most this many columns, with dots where something is missing. */
function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let line = '';
  for (const letter of text) {
    if (textWidth(line + letter) > columns - 3) break;
    line += letter;
  }
  return `${line}...`.slice(0, columns);
}
