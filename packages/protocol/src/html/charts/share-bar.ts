import { h, type Markup } from '../markup.js';
import { px } from './scale.js';

/** A part of a bar: from and to as shares of its width. */
export interface BarPart {
  readonly className: string;
  readonly from: number;
  readonly to: number;
}

/** The width of the field; the page stretches it. */
const WIDTH = 1000;

/** A part that is smaller would not be visible. */
const PART_MIN = 4;

/** A bar for a cell of a table, as wide as the cell. Its numbers are in the cells beside it. */
export function shareBar(parts: readonly BarPart[]): Markup {
  return h(
    'svg',
    { viewBox: `0 0 ${WIDTH} 10`, preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
    h('rect', { class: 'track', width: WIDTH, height: 10 }),
    parts.map(({ className, from, to }) => {
      const width = Math.max(PART_MIN, (to - from) * WIDTH);
      return h('rect', {
        class: className,
        x: px(Math.min(from * WIDTH, WIDTH - width)),
        width: px(width),
        height: 10,
      });
    }),
  );
}
