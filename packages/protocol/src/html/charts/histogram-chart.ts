import { count, formatDuration } from '../../text/units.js';
import { type Child, fragment, h, type Markup } from '../markup.js';
import { logScale, px, type Scale, tickText } from './scale.js';
import { bars, chart, label, line } from './svg.js';

/** How many times are above the step before and at most this one. */
export interface HistogramStep {
  readonly fromUs: number;
  readonly upToUs: number;
  readonly count: number;
}

/** A distribution to draw. */
export interface HistogramData {
  readonly name: string;
  /** Ascending and adjacent. */
  readonly steps: readonly HistogramStep[];
  /** Times to mark: `p50`, `p99`. */
  readonly marks: readonly { readonly name: string; readonly us: number }[];
}

const WIDTH = 380;
const HEIGHT = 170;
const LEFT = 8;
const RIGHT = WIDTH - 8;
const TOP = 24;
const BOTTOM = HEIGHT - 26;

/** Names of marks that are closer to each other would overlap. */
const NAMES_APART_PX = 30;

/** The distribution of times, over a logarithmic axis. */
export function histogramChart({ name, steps, marks }: HistogramData): Markup {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return fragment();
  const x = logScale(Math.max(first.fromUs, 0.5), last.upToUs, { from: LEFT, to: RIGHT, labels: 5 });
  const most = steps.reduce((max, step) => Math.max(max, step.count), 1);
  const all = steps
    .filter((step) => step.count > 0)
    .map((step) => {
      const [from, to] = [x.at(step.fromUs), x.at(step.upToUs)];
      // A single time among many thousands is visible too.
      const height = Math.max(1.5, ((BOTTOM - TOP) * step.count) / most);
      return { x: from, y: BOTTOM - height, width: Math.max(1, to - from - 1), height };
    });
  const total = steps.reduce((sum, step) => sum + step.count, 0);
  let lastX = Number.NEGATIVE_INFINITY;
  const markers = marks.map((mark) => {
    const at = x.at(mark.us);
    const isApart = at - lastX >= NAMES_APART_PX;
    if (isApart) lastX = at;
    return [
      line('quantile', at, TOP - 6, at, BOTTOM),
      isApart ? label(mark.name, Math.min(Math.max(at, LEFT + 12), RIGHT - 12), TOP - 10) : undefined,
    ];
  });
  const described = marks.map((mark) => `${mark.name} ${formatDuration(mark.us)}`).join(', ');
  return chart(
    { width: WIDTH, height: HEIGHT, label: `${name}: distribution of ${count(total, 'time')}; ${described}` },
    bars('bars', all),
    markers,
    line('axis', LEFT, BOTTOM, RIGHT, BOTTOM),
    timeAxis(x),
  );
}

/** Two distributions to draw over one axis. */
export interface OverlayData {
  readonly name: string;
  readonly steps: readonly { readonly upToUs: number; readonly first: number; readonly second: number }[];
}

/** The distributions of two runs over one logarithmic axis, each as shares of its own times. */
export function overlayChart({ name, steps }: OverlayData): Markup {
  const [lowest, last] = [steps[0], steps.at(-1)];
  if (lowest === undefined || last === undefined) return fragment();
  const fromUs = Math.max(0.5, lowest.upToUs / 1.5);
  const x = logScale(fromUs, last.upToUs, { from: LEFT, to: RIGHT, labels: 5 });
  const sum = (side: 'first' | 'second'): number =>
    Math.max(
      1,
      steps.reduce((total, step) => total + step[side], 0),
    );
  const share = (side: 'first' | 'second'): number[] => steps.map((step) => step[side] / sum(side));
  const most = [...share('first'), ...share('second')].reduce((a, b) => Math.max(a, b), 0.001);
  const outline = (side: 'first' | 'second'): string => {
    const heights = share(side).map((one) => px(BOTTOM - ((BOTTOM - TOP) * one) / most));
    const parts = steps.map(({ upToUs }, i) => `V${heights[i] ?? BOTTOM}H${px(x.at(upToUs))}`);
    return `M${LEFT} ${BOTTOM}${parts.join('')}V${BOTTOM}`;
  };
  return chart(
    { width: WIDTH, height: HEIGHT, label: `${name}: distributions of both runs` },
    h('path', { class: 'first', d: outline('first') }),
    h('path', { class: 'second', d: outline('second') }),
    line('axis', LEFT, BOTTOM, RIGHT, BOTTOM),
    timeAxis(x),
  );
}

/** The labels of the axis. Those near its ends are moved inwards. */
function timeAxis(x: Scale): Child {
  return x.ticks.map((us) => {
    const at = x.at(us);
    const anchor = at > RIGHT - 20 ? 'end' : at < LEFT + 20 ? 'start' : 'middle';
    const textAt = anchor === 'end' ? RIGHT + 6 : anchor === 'start' ? LEFT - 6 : at;
    return [line('axis', at, BOTTOM, at, BOTTOM + 4), label(tickText(us), textAt, BOTTOM + 18, { anchor })];
  });
}
