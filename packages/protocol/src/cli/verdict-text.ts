import { capitalize } from '../diagnostics/wording.js';
import type { Step } from '../diagnostics/step.js';
import type { Verdict } from '../diagnostics/verdict.js';
import type { Warning } from '../diagnostics/warnings.js';
import { stepsText, type StepsTextOptions } from './steps-text.js';
import { mark, type MarkKind, type Screen } from '../text/screen.js';
import { styled } from '../text/style.js';
import { textWidth } from '../text/text-width.js';
import { shortenThumbprints } from '../text/thumbprints.js';
import { count, wrap } from '../text/units.js';

/** Ids of verdicts that say that nothing was found out. */
const NO_RESULT = ['unknown', 'incomplete', 'stopped', 'nothing-measured'];

/** As many steps as a reader takes before the result shows whether more are needed. */
const FIRST_STEPS = 2;

export interface VerdictTextOptions extends StepsTextOptions {
  /** The mark before the headline; without it, the verdict's id decides. */
  readonly kind?: MarkKind;
  /**
   * False, for commands that have `--verbose`: only the first steps, short thumbprints where a step has the whole one, and
   * neither how to tell causes apart nor what a certain cause depends on.
   */
  readonly isVerbose?: boolean;
}

/** The headline with its mark, what was observed, the possible causes, and the next steps. */
export function verdictText(
  { id, title, means, certainty, next }: Omit<Verdict, 'id'> & { readonly id: string },
  screen: Screen,
  { kind = kindOfVerdict(id), isVerbose = true, tentacleHost }: VerdictTextOptions = {},
): string {
  const { width } = screen;
  const steps = isVerbose ? next : next.slice(0, FIRST_STEPS);
  const prose = (text: string): string => (isVerbose ? text : shortenThumbprints(text, isNeeded(steps, width)));
  const headline = `${title}${id === 'ok' ? '' : ` (${id})`}`;
  const first = `${mark(kind, screen)} `;
  const short = `${first}${styled('strong', `${title}.`)} ${prose(means)}`;
  const paragraphs = [
    [
      ...(id === 'ok' && textWidth(short) <= width
        ? [short]
        : [wrap(styled('strong', headline), first, '  ', width), wrap(prose(means), '  ', '  ', width)]),
      ...(isVerbose ? certainLines(certainty, width) : []),
    ],
    causeLines(certainty, prose, { width, isVerbose }),
    [stepsText(steps, '  ', width, { tentacleHost }).trimEnd(), furtherSteps(next.length - steps.length, width)],
  ];
  const lines = paragraphs.map((paragraph) => paragraph.filter((line) => line !== '').join('\n'));
  return `${lines.filter((text) => text !== '').join('\n\n')}\n`;
}

/** What the mark of a verdict says. */
export function kindOfVerdict(id: string): MarkKind {
  if (id === 'ok') return 'good';
  return NO_RESULT.includes(id) ? 'unknown' : 'bad';
}

/** Columns of the indented thumbprint of a certificate: on a narrower screen a sentence never has a whole one. */
const THUMBPRINT_COLUMNS = 42;

/** Whether a sentence needs the whole thumbprint: it is to be compared, and no step that is shown has it. */
function isNeeded(steps: readonly Step[], width: number): (thumbprint: string) => boolean {
  const shown = JSON.stringify(steps);
  return (thumbprint) => width >= THUMBPRINT_COLUMNS && !shown.includes(thumbprint);
}

function certainLines(certainty: Verdict['certainty'], width: number): string[] {
  if (certainty.kind !== 'conclusive' || certainty.unless === undefined) return [];
  return [wrap(styled('dim', `This is certain, unless ${certainty.unless}.`), '  ', '  ', width)];
}

function causeLines(
  certainty: Verdict['certainty'],
  prose: (text: string) => string,
  { width, isVerbose }: { readonly width: number; readonly isVerbose: boolean },
): string[] {
  if (certainty.kind !== 'ambiguous') return [];
  const causes = certainty.causes.map((cause, i) => wrap(prose(asSentence(cause)), `  ${i + 1}. `, '     ', width));
  const howToTell = isVerbose ? [wrap(`How to tell: ${certainty.howToTell}`, '  ', '  ', width)] : [];
  return [`  ${styled('strong', 'Possible causes')}`, ...causes, ...howToTell];
}

/** With an upper-case first letter, unless the first word is a name, such as `tentacle-pong`. */
function asSentence(cause: string): string {
  return /^[a-z]+(?=[ ,'])/.test(cause) ? capitalize(cause) : cause;
}

function furtherSteps(left: number, width: number): string {
  if (left <= 0) return '';
  return wrap(styled('dim', `${count(left, 'more step')}: --verbose`), '  ', '  ', width);
}

/** Warnings, each with what to do about it; empty for none. */
export function warningsText(warnings: readonly Warning[], width: number): string {
  return list(
    'warnings',
    warnings.map(({ id, text, next }) => `${text} ${next} (${id})`),
    width,
  );
}

/** A titled list; empty for no items. */
export function list(title: string, items: readonly string[], width: number): string {
  if (items.length === 0) return '';
  return `${title}:\n${items.map((item) => `${wrap(item, '  - ', '    ', width)}\n`).join('')}`;
}
