import type { MarkKind } from '../text/screen.js';
import { fragment, h, type Markup } from './markup.js';
import { markIcon } from './mark-icon.js';

/** A machine or service on the path. */
export interface PathNode {
  readonly name: string;
  readonly details: readonly string[];
  readonly state: MarkKind;
}

/** What was done between two nodes, in its order. */
export interface PathHop {
  readonly steps: readonly { readonly name: string; readonly detail?: string; readonly state: MarkKind }[];
}

/** The path from this machine to the peer. Each node but the last is followed by a hop. */
export interface Path {
  readonly first: PathNode;
  readonly rest: readonly { readonly hop: PathHop; readonly node: PathNode }[];
}

/** The path as a picture: boxes with lines between them, from left to right, or from top to bottom where it is narrow. */
export function pathPicture({ first, rest }: Path): Markup {
  return h(
    'ol',
    { class: 'path' },
    nodeItem(first),
    rest.map(({ hop, node }) => [hopItem(hop), nodeItem(node)]),
  );
}

function nodeItem({ name, details, state }: PathNode): Markup {
  const shown = state === 'none' || state === 'good' ? undefined : markIcon(state);
  return h(
    'li',
    { class: `node ${state}` },
    h('strong', {}, shown === undefined ? undefined : [shown, ' '], name),
    details.map((detail) => h('span', { class: 'muted' }, detail)),
  );
}

function hopItem({ steps }: PathHop): Markup {
  const isBroken = steps.some(({ state }) => state === 'bad');
  return h(
    'li',
    { class: `hop ${isBroken ? 'bad' : 'good'}` },
    steps.length === 0
      ? undefined
      : h(
          'ul',
          {},
          steps.map(({ name, detail, state }) =>
            h('li', { class: state === 'bad' ? 'bad' : undefined }, fragment(markIcon(state), ' '), [
              name,
              detail === undefined ? '' : ` ${detail}`,
            ]),
          ),
        ),
  );
}
