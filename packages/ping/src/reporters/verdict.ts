import type { Actor, Step, Verdict, Warning } from 'tentacle-protocol';
import { WIDTH, wrap } from './units.js';

const ACTORS: Readonly<Record<Actor, string>> = {
  'server-admin': 'Octopus Server administrator',
  'tentacle-admin': "administrator of the Tentacle's host",
  'network-team': 'network team',
  'dns-owner': 'owner of the DNS zone or resolver',
  you: 'you',
};

/** The headline with its meaning, its possible causes, and who does what next. */
export function verdictText({ id, title, means, certainty, next }: Verdict): string {
  const lines = [`verdict: ${title}${id === 'ok' ? '' : ` (${id})`}`, wrap(means, '  ', '  ', WIDTH)];
  if (certainty.kind === 'one-of') {
    lines.push('  One of these:', ...certainty.causes.map((cause) => wrap(cause, '    - ', '      ', WIDTH)));
    lines.push(wrap(`What tells them apart: ${certainty.test}`, '  ', '  ', WIDTH));
  }
  if (next.length > 0) lines.push('  Next:', ...next.map(stepText));
  return `${lines.join('\n')}\n`;
}

function stepText({ who, action, windows, linux }: Step, index: number): string {
  const lines = [wrap(`${ACTORS[who]}: ${action}`, `    ${index + 1}. `, '       ', WIDTH)];
  if (windows !== undefined && windows === linux) return [...lines, `       ${windows}`].join('\n');
  if (windows !== undefined) lines.push(`       Windows: ${windows}`);
  if (linux !== undefined) lines.push(`       Linux:   ${linux}`);
  return lines.join('\n');
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
