import { mark, type Screen, shortenThumbprints, textWidth, wrap } from 'tentacle-protocol/cli';
import type { Warning } from 'tentacle-protocol/diagnostics';

/** Sentences beyond these lines are left out, after the first sentence. */
const LINES_MAX = 2;

/** Something that qualifies a verdict, with the mark of warnings. */
export function warningLine(text: string, screen: Screen): string {
  const first = `${mark('warning', screen)} `;
  return `${wrap(text, first, ' '.repeat(textWidth(first)), screen.width)}\n`;
}

/** A warning in brief: its id, and as many of its sentences as fit in two lines; with details all, and what to do about it. */
export function warningText({ id, text, next }: Warning, isVerbose: boolean, screen: Screen): string {
  if (isVerbose) return warningLine(`${text} ${next} (${id})`, screen);
  const sentences = shortenThumbprints(text).split(/(?<=[.:]) (?=[A-Z])/);
  for (let used = sentences.length; used > 1; used--) {
    const line = warningLine(`${id}: ${sentences.slice(0, used).join(' ')}`, screen);
    if (line.trimEnd().split('\n').length <= LINES_MAX) return line;
  }
  return warningLine(`${id}: ${sentences[0] ?? ''}`, screen);
}
