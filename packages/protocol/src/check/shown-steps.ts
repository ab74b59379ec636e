import { stepsList, stepsText } from '../cli/steps-text.js';
import type { Check } from '../diagnostics/checks/check.js';
import { isProductCommand } from '../diagnostics/product-commands.js';
import type { Actor, Step } from '../diagnostics/step.js';
import { styled } from '../text/style.js';
import { count, wrap } from '../text/units.js';

/** Where a report is read: its steps for this host need no commands of another system. */
export interface StepsReader {
  readonly platform: NodeJS.Platform;
  /** Who administers this host. */
  readonly ownActor: Actor;
  /** Whether all steps of a check are shown, and not only the first ones. */
  readonly isVerbose: boolean;
}

/** As many steps as a reader takes before the result shows whether more are needed. */
const FIRST_STEPS = 2;

/** The steps that a text has shown. The same ones are not repeated: one cause is often found by several checks. */
export class ShownSteps {
  readonly #reader: StepsReader;
  readonly #checks: Check[] = [];
  #hasNote = false;

  constructor(reader: StepsReader) {
    this.#reader = reader;
  }

  /** The steps of a check, or the check that has them already. */
  text(check: Check, indent: string, width: number): string {
    if (check.next.length === 0) return '';
    const earlier = this.#checks.find((one) => isSame(one.next, check.next));
    if (earlier !== undefined)
      return `${wrap(`Next: the same steps as for ${earlier.id} above`, indent, `${indent}  `, width)}\n`;
    this.#checks.push(check);
    const steps = check.next.map((step) => this.#forReader(step));
    const first = this.#reader.isVerbose ? steps : steps.slice(0, FIRST_STEPS);
    const hidden = steps.length - first.length;
    const more = hidden === 0 ? '' : `${indent}${styled('dim', `${count(hidden, 'more step')}: --verbose`)}\n`;
    const needsNote = !this.#hasNote && first.some(isProductCommand);
    if (needsNote) this.#hasNote = true;
    return `${needsNote ? stepsText(first, indent, width) : stepsList(first, indent, width)}${more}`;
  }

  #forReader(step: Step): Step {
    const { ownActor, platform } = this.#reader;
    const command = platform === 'win32' ? step.windows : step.linux;
    if (command === undefined || (step.who !== ownActor && step.who !== 'you')) return step;
    // Commands that are the same everywhere have no name of a shell in front of them.
    return { ...step, windows: command, linux: command };
  }
}

/** Whether the steps have the same commands. Steps without commands are compared by their texts. */
function isSame(one: readonly Step[], other: readonly Step[]): boolean {
  const key = ({ who, action, windows, linux }: Step): string =>
    JSON.stringify([who, ...((windows ?? linux) === undefined ? [action] : [windows, linux])]);
  return one.map(key).join('\n') === other.map(key).join('\n');
}
