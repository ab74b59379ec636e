import { textWidth } from '../text/text-width.js';
import { nowUs } from '../time/clock.js';

/** A line that shows what a program waits for. It is rewritten in place, and stays below everything else. */
export interface StatusLine {
  /**
   * Shows a text in place of the previous one; one line, cut to the terminal's width. One that is a function is asked for
   * again when the line is drawn below something that was printed.
   */
  readonly show: (text: string | (() => string)) => void;
  /** The columns that the terminal has now. */
  readonly width: number;
  /** Removes it. */
  readonly clear: () => void;
}

/** The status line of a terminal on stderr. What else is printed goes through `around`. */
export class TerminalStatusLine implements StatusLine {
  readonly #write: (text: string) => void;
  readonly #columns: () => number | undefined;
  #describe: (() => string) | undefined;
  /** Columns that the line on the screen takes. */
  #shownColumns = 0;
  /** When it was last drawn below something that was printed. */
  #redrawnAtUs = Number.NEGATIVE_INFINITY;
  #redraw: NodeJS.Timeout | undefined;

  /** @param columns the terminal's width at this moment: it may be resized. */
  constructor(write: (text: string) => void, columns: () => number | undefined) {
    this.#write = write;
    this.#columns = columns;
  }

  show(text: string | (() => string)): void {
    this.#describe = typeof text === 'string' ? () => text : text;
    this.#draw();
  }

  clear(): void {
    this.#describe = undefined;
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    this.#erase();
  }

  /** Removes it from the screen until it is drawn the next time. */
  hide(): void {
    this.#erase();
  }

  get width(): number {
    return this.#usableColumns() + 1;
  }

  /** Prints something else in its place; the line follows below it, unless the print left a line unfinished. */
  around(text: string, print: () => void): void {
    this.#erase();
    print();
    if (this.#describe === undefined || !text.endsWith('\n')) return;
    // Many lines in a row are not followed by a status line each: that would take longer than they do.
    if (nowUs() - this.#redrawnAtUs >= REDRAW_MS * 1000) {
      this.#redrawnAtUs = nowUs();
      this.#draw();
    } else if (this.#redraw === undefined) this.#redraw = setTimeout(() => this.#draw(), REDRAW_MS).unref();
  }

  #draw(): void {
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    if (this.#describe === undefined) return;
    const columns = this.#usableColumns();
    if (columns < 1) return;
    const line = cut(this.#describe(), columns);
    const shown = textWidth(line);
    if (shown === 0 && this.#shownColumns === 0) return;
    if (this.#shownColumns > columns) this.#erase();
    this.#write(`\r${line}${' '.repeat(Math.max(0, Math.min(this.#shownColumns, columns) - shown))}\r`);
    this.#shownColumns = shown;
  }

  #erase(): void {
    if (this.#shownColumns === 0) return;
    const columns = this.#usableColumns();
    // Spaces, which every console has, in place of an escape sequence. A terminal that is narrower by now may have wrapped
    // the line: then all below its beginning is erased, by a sequence that every terminal with windows knows.
    this.#write(this.#shownColumns > columns ? `\r${ERASE_BELOW}` : `\r${' '.repeat(this.#shownColumns)}\r`);
    this.#shownColumns = 0;
  }

  /** One less than the width: a full line would wrap, and could not be rewritten. */
  #usableColumns(): number {
    const reported = this.#columns() ?? 0;
    return (reported === 0 ? UNKNOWN_COLUMNS : reported) - 1;
  }
}

/** Between two lines that are printed; a person sees no flicker at 20 a second. */
const REDRAW_MS = 50;

/** ECMA-48: ED, from the cursor to the end of the screen. */
const ERASE_BELOW = '\u001b[J';

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
  return `${line}${'...'.slice(0, columns)}`;
}
