import { isProductCommand, PRODUCT_COMMAND_NOTE } from '../diagnostics/product-commands.js';
import type { Actor, Step } from '../diagnostics/step.js';
import { wrap } from '../text/units.js';

/** Who takes a step, as texts name them. */
export const ACTORS: Readonly<Record<Actor, string>> = {
  'server-admin': 'Octopus Server administrator',
  'tentacle-admin': "administrator of the Tentacle's host",
  'network-team': 'network team',
  'dns-owner': 'owner of the DNS zone or resolver',
  you: 'you',
};

/** {@link stepsList}; a note about Octopus's own commands follows where there are any. */
export function stepsText(steps: readonly Step[], indent: string, width: number): string {
  const note = steps.some(isProductCommand)
    ? `${wrap(PRODUCT_COMMAND_NOTE, `${indent}  `, `${indent}  `, width)}\n`
    : '';
  return `${stepsList(steps, indent, width)}${note}`;
}

/** The next steps in order, each with its actor, behind `indent`; commands are never wrapped. Empty for no steps. */
export function stepsList(steps: readonly Step[], indent: string, width: number): string {
  if (steps.length === 0) return '';
  return `${indent}Next:\n${steps.map((step, i) => stepText(step, i + 1, `${indent}  `, width)).join('')}`;
}

function stepText({ who, action, windows, linux }: Step, number: number, indent: string, width: number): string {
  const hanging = `${indent}   `;
  const lines = [wrap(`${ACTORS[who]}: ${action}`, `${indent}${number}. `, hanging, width)];
  const isSame = windows === linux;
  for (const [shell, commands] of [
    [isSame ? '' : 'PowerShell  ', windows],
    ['Linux       ', isSame ? undefined : linux],
  ] as const)
    for (const [i, command] of (commands?.split('\n') ?? []).entries())
      lines.push(`${hanging}${i === 0 ? shell : ' '.repeat(shell.length)}${command}`);
  return `${lines.join('\n')}\n`;
}
