import type { Step } from '../diagnostics/step.js';
import type { Screen } from '../text/screen.js';
import { withoutStyles } from '../text/style.js';
import { textWidth } from '../text/text-width.js';

/** The screens that texts are laid out for: a narrow one, that of consoles, a wide one and the widest; old consoles too. */
export const SCREENS: readonly Screen[] = [40, 80, 120, 200].flatMap((width) => [
  { width, unicode: true },
  { width, unicode: false },
]);

/** The lines of commands of steps: they are copied and run, and so are never wrapped. */
export function commandsOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ windows = '', linux = '' }) => `${windows}\n${linux}`.split('\n').filter(Boolean));
}

/** Lines that are wider than the screen, commands and words that are wider themselves apart. */
export function tooWide(text: string, { width }: Screen, commands: readonly string[] = []): string[] {
  return withoutStyles(text)
    .split('\n')
    .filter((line) => textWidth(line) > width && !commands.some((command) => line.endsWith(` ${command}`)))
    .filter((line) => line.trim().split(/ +/).length > 1);
}

/** The words of a text, in order, without where its lines end. */
export function wordsOf(text: string): string[] {
  return withoutStyles(text).split(/\s+/).filter(Boolean);
}

/** The letters beyond ASCII of a text: none may be on a screen without Unicode. */
export function beyondAscii(text: string): string[] {
  return withoutStyles(text).match(/[^\x20-\x7e\n]/g) ?? [];
}
