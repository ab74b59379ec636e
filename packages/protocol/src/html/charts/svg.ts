import { type Child, fragment, h, type Markup } from '../markup.js';
import { scrollable } from '../parts.js';
import { px } from './scale.js';

/** A drawing of a size, with what it shows in words. */
export interface ChartFrame {
  readonly width: number;
  readonly height: number;
  /** What it shows, for readers who do not see it. */
  readonly label: string;
}

/** A chart as an image with a description. It scrolls within itself where it is wider than the page. */
export function chart({ width, height, label }: ChartFrame, ...children: readonly Child[]): Markup {
  const image = h('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, children);
  return scrollable(label, image, 'chart');
}

/** A text at a position. */
export function label(
  text: string,
  x: number,
  y: number,
  { anchor = 'middle', className }: { readonly anchor?: 'start' | 'middle' | 'end'; readonly className?: string } = {},
): Markup {
  return h('text', { x: px(x), y: px(y), 'text-anchor': anchor, class: className }, text);
}

/** A line between two points. */
export function line(className: string, x1: number, y1: number, x2: number, y2: number): Markup {
  return h('line', { class: className, x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2) });
}

/** Many bars as one path, which takes a fraction of the bytes of rectangles. */
export function bars(
  className: string,
  all: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[],
): Markup {
  if (all.length === 0) return fragment();
  const d = all
    .map(({ x, y, width, height }) => `M${px(x)} ${px(y)}h${px(width)}v${px(height)}h${px(-width)}z`)
    .join('');
  return h('path', { class: className, d });
}

/** The colored squares that explain a chart. */
export function legend(entries: readonly (readonly [className: string, text: Child])[]): Markup {
  return h(
    'ul',
    { class: 'legend' },
    entries.map(([className, text]) =>
      h(
        'li',
        {},
        h(
          'svg',
          { viewBox: '0 0 10 10', 'aria-hidden': 'true', focusable: 'false' },
          h('rect', { class: className, width: 10, height: 10 }),
        ),
        text,
      ),
    ),
  );
}
