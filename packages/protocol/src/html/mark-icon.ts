import type { MarkKind } from '../text/screen.js';
import { fragment, h, type Markup } from './markup.js';

/** The shape of each mark, on a field of 16 by 16. */
const SHAPES: Readonly<Record<MarkKind, string>> = {
  good: 'M2.5 8.5l3.8 4L13.5 4',
  warning: 'M8 2.5v7M8 13.4v.1',
  bad: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  unknown: 'M5 5.2A3 3 0 1 1 8 8.4v1.4M8 13.4v.1',
  none: 'M4 8h8',
};

/** What a mark says, for readers who do not see it. */
const TEXTS: Readonly<Record<MarkKind, string>> = {
  good: 'OK',
  warning: 'Warning',
  bad: 'Problem',
  unknown: 'Unknown',
  none: 'Skipped',
};

/** The mark before a line. Color never carries its meaning alone: the shape and a text do. */
export function markIcon(kind: MarkKind): Markup {
  return fragment(
    h(
      'svg',
      { class: `mark ${kind}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
      h('path', { d: SHAPES[kind] }),
    ),
    h('span', { class: 'hidden-text' }, `${TEXTS[kind]}: `),
  );
}
