import { isProductCommand, PRODUCT_COMMAND_NOTE } from '../diagnostics/product-commands.js';
import type { Actor, Step } from '../diagnostics/step.js';
import { capitalize } from '../diagnostics/wording.js';
import { styled } from '../text/style.js';
import { textWidth } from '../text/text-width.js';
import { wrap } from '../text/units.js';

/** Who takes a step, as texts name them. */
export const ACTORS: Readonly<Record<Actor, string>> = {
  'server-admin': 'Octopus Server administrator',
  'tentacle-admin': "administrator of the Tentacle's host",
  'network-team': 'network team',
  'dns-owner': 'owner of the DNS zone or resolver',
  you: 'you',
};

export interface StepsTextOptions {
  /** Its name, where the steps on the Tentacle's host are to be taken on one that is known. */
  readonly tentacleHost?: string | undefined;
}

/** {@link stepsList}; a note about Octopus's own commands follows where there are any. */
export function stepsText(
  steps: readonly Step[],
  indent: string,
  width: number,
  options: StepsTextOptions = {},
): string {
  const note = steps.some(isProductCommand)
    ? `${wrap(styled('dim', PRODUCT_COMMAND_NOTE), `${indent}   `, `${indent}   `, width)}\n`
    : '';
  return `${stepsList(steps, indent, width, options)}${note}`;
}

/**
 * The next steps in order, behind `indent`: the actor is named above them where it is the same for all, otherwise with each
 * step. Commands are broken only behind a pipe, because they are copied. Empty for no steps.
 */
export function stepsList(
  steps: readonly Step[],
  indent: string,
  width: number,
  { tentacleHost }: StepsTextOptions = {},
): string {
  const [first] = steps;
  if (first === undefined) return '';
  const isShared = steps.every(({ who }) => who === first.who);
  const heading = isShared ? `Next${forActor(first.who, tentacleHost)}` : 'Next';
  const lines = steps.map((step, i) => stepText(step, { number: i + 1, hasActor: !isShared, indent, width }));
  return `${wrap(styled('strong', heading), indent, `${indent}  `, width)}\n${lines.join('')}`;
}

/** `, on web01 (administrator of the Tentacle's host)`; nothing for the reader. */
function forActor(who: Actor, tentacleHost: string | undefined): string {
  if (who === 'you') return '';
  if (who === 'tentacle-admin' && tentacleHost !== undefined) return `, on ${tentacleHost} (${ACTORS[who]})`;
  return `, for the ${ACTORS[who]}`;
}

interface StepPlace {
  readonly number: number;
  readonly hasActor: boolean;
  readonly indent: string;
  readonly width: number;
}

function stepText({ who, action, windows, linux }: Step, { number, hasActor, indent, width }: StepPlace): string {
  const hanging = `${indent}   `;
  const actor = hasActor ? `${styled('strong', `${capitalize(ACTORS[who])}:`)} ` : '';
  const lines = [wrap(`${actor}${action}`, `${indent}${number}. `, hanging, width)];
  const isSame = windows === linux;
  for (const [shell, commands] of [
    [isSame ? '' : 'PowerShell  ', windows],
    ['Linux       ', isSame ? undefined : linux],
  ] as const)
    for (const [i, command] of (commands?.split('\n') ?? []).entries()) {
      const indentColumns = hanging.length + shell.length;
      const pieces = breakAtPipes(command, width - indentColumns).join(`\n${' '.repeat(indentColumns)}`);
      lines.push(`${hanging}${i === 0 ? styled('dim', shell) : ' '.repeat(shell.length)}${pieces}`);
    }
  return `${lines.join('\n')}\n`;
}

/**
 * The lines of a command: if it is too wide, it is broken behind pipes, because both shells continue such a line, so that it
 * can still be copied. It stays whole where even its parts are too wide.
 */
export function breakAtPipes(command: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of command.split(/(?<= \|) /)) {
    const joined = line === '' ? piece : `${line} ${piece}`;
    const isQuoted = [`'`, '"'].some((quote) => line.split(quote).length % 2 === 0);
    if (line !== '' && !isQuoted && textWidth(joined) > columns) {
      lines.push(line);
      line = `  ${piece}`;
    } else line = joined;
  }
  lines.push(line);
  return lines.every((part) => textWidth(part) <= columns) ? lines : [command];
}
