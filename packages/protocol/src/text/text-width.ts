import { withoutStyles } from './style.js';

/** Letters that take two columns of a terminal (East Asian Wide and Fullwidth), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** The columns that a line takes on a terminal; styles take none. */
export function textWidth(text: string): number {
  const plain = withoutStyles(text);
  if (PRINTABLE_ASCII.test(plain)) return plain.length;
  let columns = 0;
  for (const letter of plain) if (!COMBINING.test(letter)) columns += WIDE.test(letter) ? 2 : 1;
  return columns;
}

/** The text with spaces behind it, up to this many columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** The text with spaces before it, up to this many columns. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
}
