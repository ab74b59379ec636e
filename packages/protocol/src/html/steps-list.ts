import { ACTORS } from '../cli/steps-text.js';
import { isProductCommand, PRODUCT_COMMAND_NOTE } from '../diagnostics/product-commands.js';
import type { Step } from '../diagnostics/step.js';
import { fragment, h, type Markup } from './markup.js';

/** The next steps in order, each with its actor and its commands; empty for none. */
export function stepsList(steps: readonly Step[]): Markup {
  if (steps.length === 0) return fragment();
  return fragment(
    h('ol', { class: 'steps' }, steps.map(stepItem)),
    steps.some(isProductCommand) ? h('p', { class: 'note' }, PRODUCT_COMMAND_NOTE) : undefined,
  );
}

function stepItem({ who, action, windows, linux }: Step): Markup {
  const isSame = windows === linux;
  return h(
    'li',
    {},
    h('span', { class: 'who' }, capitalize(ACTORS[who])),
    `: ${action}`,
    commandBlocks(isSame ? 'Command' : 'PowerShell', windows),
    commandBlocks('Linux', isSame ? undefined : linux),
  );
}

/** Commands, each on a line of its own, to copy as a whole. */
function commandBlocks(shell: string, commands: string | undefined): Markup {
  if (commands === undefined) return fragment();
  return h('div', { class: 'command' }, h('span', { class: 'shell' }, shell), h('pre', {}, h('code', {}, commands)));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
