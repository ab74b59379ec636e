import type { Actor, Step } from '../failures/row.js';
import { WIDTH, wrap } from './units.js';

const ACTORS: Readonly<Record<Actor, string>> = {
  'server-admin': 'Octopus Server administrator',
  'tentacle-admin': "administrator of the Tentacle's host",
  'network-team': 'network team',
  'dns-owner': 'owner of the DNS zone or resolver',
  you: 'you',
};

/** Who does what next, in order, each line behind `indent`; commands stand whole on a line. Nothing for no steps. */
export function stepsText(steps: readonly Step[], indent: string): string {
  if (steps.length === 0) return '';
  return `${indent}Next:\n${steps.map((step, i) => stepText(step, i + 1, `${indent}  `)).join('')}`;
}

function stepText({ who, action, windows, linux }: Step, number: number, indent: string): string {
  const under = `${indent}   `;
  const lines = [wrap(`${ACTORS[who]}: ${action}`, `${indent}${number}. `, under, WIDTH)];
  if (windows !== undefined && windows === linux) lines.push(`${under}${windows}`);
  else {
    if (windows !== undefined) lines.push(`${under}Windows: ${windows}`);
    if (linux !== undefined) lines.push(`${under}Linux:   ${linux}`);
  }
  return `${lines.join('\n')}\n`;
}
