import type { Verdict } from '../diagnostics/verdict.js';
import type { Warning } from '../diagnostics/warnings.js';
import { stepsText } from './steps-text.js';
import { mark, type MarkKind, type Screen } from '../text/screen.js';
import { styled } from '../text/style.js';
import { wrap } from '../text/units.js';

/** Ids of verdicts that say that nothing was found out. */
const NO_RESULT = ['unknown', 'incomplete', 'stopped'];

/** The headline with its explanation, its possible causes, and the next steps. */
export function verdictText(
  { id, title, means, certainty, next }: Omit<Verdict, 'id'> & { readonly id: string },
  screen: Screen,
  kind: MarkKind = id === 'ok' ? 'good' : NO_RESULT.includes(id) ? 'unknown' : 'bad',
): string {
  const { width } = screen;
  const headline = `${title}${id === 'ok' ? '' : ` (${id})`}`;
  const lines = [
    wrap(styled('strong', headline), `${mark(kind, screen)} `, '  ', width),
    wrap(means, '  ', '  ', width),
  ];
  if (certainty.kind === 'ambiguous') {
    const causes = certainty.causes.map((cause) => wrap(cause, '    - ', '      ', width));
    lines.push('  Possible causes:', ...causes, wrap(`How to tell: ${certainty.howToTell}`, '  ', '  ', width));
  }
  if (certainty.kind === 'conclusive' && certainty.unless !== undefined)
    lines.push(wrap(`This is certain, unless ${certainty.unless}.`, '  ', '  ', width));
  return `${lines.join('\n')}\n${stepsText(next, '  ', width)}`;
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
