import { closestMatches } from '../closest.js';
import type { ProgramDefinition } from '../definition.js';
import { quote } from '../../text/sanitize.js';
import { UsageError } from '../usage-error.js';
import { bashScript } from './bash.js';
import { type CompletedProgram, completedProgram, type Shell, SHELLS } from './completion-model.js';
import { fishScript } from './fish.js';
import { powershellScript } from './powershell.js';
import { zshScript } from './zsh.js';

const SCRIPTS: Readonly<Record<Shell, (program: CompletedProgram) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/**
 * The completion script of a program for a shell. It contains all words, because starting Node.js at each press of Tab is slow.
 * @throws UsageError for another shell, or none.
 */
export function completionScript(program: ProgramDefinition, shell: string | undefined): string {
  const known = SHELLS.find((name) => name === shell);
  if (known !== undefined) return SCRIPTS[known](completedProgram(program)).trimEnd();
  const usage = `${program.name} completion ${SHELLS.join('|')}`;
  if (shell === undefined) throw new UsageError(`completion needs a shell: ${usage}`);
  const [match] = shell.toLowerCase() === 'pwsh' ? ['powershell'] : closestMatches(shell, SHELLS);
  const hint = match === undefined ? `use ${usage}` : `did you mean ${program.name} completion ${match}?`;
  throw new UsageError(`no completion for ${quote(shell)}; ${hint}`);
}
