/** Control characters, formatting characters (bidirectional marks, zero-width ones) and Unicode's own line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same with white space, a run of which counts as one. */
const UNSAFE_OR_BLANK = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;

/** A longer text says no more in a message, and pushes the rest of it out of sight. */
const QUOTED_MAX_CHARS = 100;

/** What a user wrote, in double quotes, on one line, at most 100 characters of it. */
export function quote(text: string): string {
  return `"${maskUnsafe(text).slice(0, QUOTED_MAX_CHARS)}"`;
}

/** The text with `?` for every character that could break a line, hide text or change its direction. */
export function maskUnsafe(text: string): string {
  return text.replaceAll(UNSAFE, '?');
}

/** Untrusted text as one trimmed line: unsafe characters and white space become single spaces, the rest is cut. */
export function singleLine(text: string, maxChars = Number.POSITIVE_INFINITY): string {
  return text.replaceAll(UNSAFE_OR_BLANK, ' ').trim().slice(0, maxChars);
}

/** The text with `substitute` for every character that is not printable ASCII. */
export function toAscii(text: string, substitute = '?'): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, substitute);
}

/**
 * A text of several lines with `?` for every character that could act on the terminal or mislead its reader. Everything
 * that a program writes goes through it, so that no field of a peer, proxy or file has to be remembered.
 */
export function maskUnsafeLines(text: string): string {
  return text.replaceAll(UNSAFE, (character, at: number) => {
    const isLineEnd = character === '\n' || (character === '\r' && text[at + 1] === '\n');
    return isLineEnd ? character : '?';
  });
}

/** JSON text in which every such character is an escape, so that it shows as it is and is still read as the same value. */
export function escapeUnsafeJson(json: string): string {
  return json.replaceAll(UNSAFE, (character) => (character === '\n' ? character : escapeSequence(character)));
}

/** A value as one line of JSON that is safe to show. */
export function toJsonLine(value: unknown): string {
  return `${escapeUnsafeJson(JSON.stringify(value))}\n`;
}

function escapeSequence(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
