import type { Verdict } from '../failures/verdicts.js';
import type { Warning } from '../failures/warnings.js';
import { stepsText } from './steps.js';
import { WIDTH, wrap } from './units.js';

/** The headline with its meaning, its possible causes, and who does what next. */
export function verdictText({
  id,
  title,
  means,
  certainty,
  next,
}: Omit<Verdict, 'id'> & { readonly id: string }): string {
  const lines = [`verdict: ${title}${id === 'ok' ? '' : ` (${id})`}`, wrap(means, '  ', '  ', WIDTH)];
  if (certainty.kind === 'one-of') {
    lines.push('  One of these:', ...certainty.causes.map((cause) => wrap(cause, '    - ', '      ', WIDTH)));
    lines.push(wrap(`What tells them apart: ${certainty.test}`, '  ', '  ', WIDTH));
  }
  return `${lines.join('\n')}\n${stepsText(next, '  ')}`;
}

/** Warnings with what to do about each; nothing where there are none. */
export function warningsText(warnings: readonly Warning[]): string {
  return list(
    'warnings',
    warnings.map(({ id, text, next }) => `${text} ${next} (${id})`),
  );
}

/** A titled list, or nothing for nothing. */
export function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `${title}:\n${items.map((item) => `${wrap(item, '  - ', '    ', WIDTH)}\n`).join('')}`;
}
