import { sanitizeLine } from '../../text/sanitize-line.js';

/** A line of a log with a stack or a document in it is longer; its beginning says what it is. */
const LINE_MAX_CHARS = 2000;

const KEY_BEGINS = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
const KEY_ENDS = /-----END [A-Z ]{0,40}PRIVATE KEY-----/;

const MASKED_KEY = '*** (lines of a private key)';

/** The lines of the end of a log, without secrets. @param isCut whether it begins in the middle of the log. */
export function maskLog(text: string, isCut: boolean): string[] {
  const lines = text.split(/\r?\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  // The name of a secret, or the begin of a key, may be in the part that is missing.
  if (isCut) lines.shift();
  const marker = lines.findIndex((line) => KEY_BEGINS.test(line) || KEY_ENDS.test(line));
  const first = lines[marker] ?? '';
  const isInKey = isCut && KEY_ENDS.test(first) && !KEY_BEGINS.test(first);
  return maskKeys(isInKey ? [MASKED_KEY, ...lines.slice(marker + 1)] : lines);
}

function maskKeys(lines: readonly string[]): string[] {
  const masked: string[] = [];
  let isInKey = false;
  for (const line of lines) {
    if (isInKey) {
      isInKey = !KEY_ENDS.test(line);
      continue;
    }
    const begin = line.search(KEY_BEGINS);
    masked.push(sanitizeLine(line, LINE_MAX_CHARS));
    if (begin < 0) continue;
    isInKey = !KEY_ENDS.test(line.slice(begin));
    if (isInKey) masked.push(MASKED_KEY);
  }
  return masked;
}
