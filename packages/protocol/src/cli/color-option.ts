import { quote } from '../text/sanitize.js';
import type { OptionDefinition } from './definition.js';
import { UsageError } from './usage-error.js';

/** An option of every command. It is read before all others, because it decides how their errors look. */
export const COLOR_OPTION: OptionDefinition = {
  type: 'string',
  requiresArg: true,
  describe: 'use color: auto (on terminals, unless NO_COLOR is set), always, never',
  placeholder: 'WHEN',
  values: ['auto', 'always', 'never'],
  example: 'never',
  group: 'help',
};

export type ColorChoice = 'auto' | 'always' | 'never';

/** The choice in the arguments; `auto` where there is none. @throws UsageError for another value. */
export function readColorChoice(argv: readonly string[]): ColorChoice {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const index = words.findIndex((word) => word === '--color' || word.startsWith('--color='));
  if (index < 0) return 'auto';
  const value = words[index]?.includes('=') === true ? words[index].slice('--color='.length) : words[index + 1];
  if (value === 'auto' || value === 'always' || value === 'never') return value;
  throw new UsageError(`--color ${quote(value ?? '')} is not valid; use auto, always or never`);
}

/** Whether an output shows colors. @param env variables of the process: NO_COLOR, FORCE_COLOR (0 for none), TERM. */
export function hasColors(
  choice: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}
