import { fragment, h, type Markup } from '../markup.js';
import { clockText, linearScale, logScale, px, type Scale, tickText, timeScale } from './scale.js';
import { bars, chart, label, line } from './svg.js';

/** The attempts that began in one interval of a chart. */
export interface TimeBucket {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly ok: number;
  readonly failed: number;
  /** Of the successful ones. */
  readonly minUs?: number | undefined;
  readonly p50Us?: number | undefined;
  readonly maxUs?: number | undefined;
}

/** Times of attempts over the time at which they began. */
export interface TimeChartData {
  readonly bucketMs: number;
  readonly buckets: readonly TimeBucket[];
  /** Every successful attempt, where all of them are known; in place of the range of each interval. */
  readonly points?: readonly { readonly atMs: number; readonly us: number }[] | undefined;
  /** Periods without a success. */
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number; readonly text: string }[];
  readonly label: string;
}

const WIDTH = 900;
const HEIGHT = 300;
const LEFT = 66;
const RIGHT = WIDTH - 12;
const TOP = 14;
const BOTTOM = 226;
/** The strip for failures, below the times. */
const STRIP = { top: 238, bottom: 262 };

/** An outage of less would not be visible. */
const OUTAGE_MIN_PX = 3;

/** Beyond this factor between the typical and the longest time, a linear scale shows the typical ones as a flat line. */
const LOG_FACTOR = 8;

/** Latency over time: typical and extreme times of each interval, failures in a strip below, and outages behind both. */
export function timeChart(data: TimeChartData): Markup {
  const { buckets, bucketMs, points, outages } = data;
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return fragment();
  const [fromMs, toMs] = [first.startMs, last.startMs + bucketMs];
  const x = timeScale(fromMs, toMs, { from: LEFT, to: RIGHT, labels: 8 });
  const y = latencyScale(buckets);
  return chart(
    { width: WIDTH, height: HEIGHT, label: data.label },
    outages.map((outage) => outageArea(outage, x)),
    y.ticks.map((us) => [
      line('grid', LEFT, y.at(us), RIGHT, y.at(us)),
      label(tickText(us), LEFT - 8, y.at(us) + 4, { anchor: 'end' }),
    ]),
    points === undefined ? ranges(data, x, y) : pointsPath(points, x, y),
    failureStrip(data, x),
    line('axis', LEFT, BOTTOM, RIGHT, BOTTOM),
    x.ticks.map((ms) => [
      line('axis', x.at(ms), STRIP.bottom, x.at(ms), STRIP.bottom + 5),
      label(clockText(ms, x), x.at(ms), STRIP.bottom + 20),
    ]),
  );
}

function latencyScale(buckets: readonly TimeBucket[]): Scale {
  const known = buckets.filter(({ minUs }) => minUs !== undefined);
  if (known.length === 0) return { at: () => BOTTOM, ticks: [] };
  const lows = known.map(({ minUs = 0 }) => minUs);
  const typical = known.map(({ p50Us = 0 }) => p50Us).sort((a, b) => a - b);
  const low = lows.reduce((a, b) => Math.min(a, b));
  const high = known.map(({ maxUs = 0 }) => maxUs).reduce((a, b) => Math.max(a, b));
  const middle = typical[Math.floor(typical.length / 2)] ?? high;
  const range = { from: BOTTOM, to: TOP, labels: 6 };
  if (high > middle * LOG_FACTOR && low > 0) return logScale(low * 0.9, high * 1.1, range);
  return linearScale(0, Math.max(1, high * 1.05), range);
}

/** The range of each interval as an area, and the line of the medians; both are interrupted where nothing succeeded. */
function ranges({ buckets, bucketMs }: TimeChartData, x: Scale, y: Scale): Markup {
  const widthPx = Math.max(1, x.at(bucketMs) - x.at(0));
  const known = buckets.filter(({ minUs }) => minUs !== undefined);
  const areas = known.map(({ startMs, minUs = 0, maxUs = 0 }) => {
    const top = y.at(maxUs);
    return { x: x.at(startMs), y: top, width: widthPx, height: Math.max(1.5, y.at(minUs) - top) };
  });
  let lastMs: number | undefined;
  const d = known
    .map(({ startMs, p50Us = 0 }) => {
      const isNext = lastMs !== undefined && startMs - lastMs <= bucketMs * 1.5;
      lastMs = startMs;
      const [left, height] = [px(x.at(startMs)), px(y.at(p50Us))];
      return isNext ? `L${left} ${height}h${px(widthPx)}` : `M${left} ${height}h${px(widthPx)}`;
    })
    .join('');
  return fragment(bars('band', areas), h('path', { class: 'line', d }));
}

/** Dots as the round ends of lines without a length: one path for all. */
function pointsPath(points: readonly { readonly atMs: number; readonly us: number }[], x: Scale, y: Scale): Markup {
  if (points.length === 0) return fragment();
  return h('path', {
    class: 'points',
    d: points.map(({ atMs, us }) => `M${px(x.at(atMs))} ${px(y.at(us))}h0`).join(''),
  });
}

function failureStrip({ buckets, bucketMs }: TimeChartData, x: Scale): Markup {
  const widthPx = Math.max(2, x.at(bucketMs) - x.at(0));
  const height = STRIP.bottom - STRIP.top;
  const failed = buckets.filter((bucket) => bucket.failed > 0);
  return fragment(
    h('rect', { class: 'track', x: LEFT, y: STRIP.top, width: RIGHT - LEFT, height }),
    label('failed', LEFT - 8, STRIP.bottom - 7, { anchor: 'end' }),
    bars(
      'failed',
      failed.map((bucket) => {
        // Few failures among many attempts are visible too.
        const tall = Math.max(4, (height * bucket.failed) / (bucket.failed + bucket.ok));
        const left = Math.min(x.at(bucket.startMs), RIGHT - widthPx);
        return { x: left, y: STRIP.bottom - tall, width: widthPx, height: tall };
      }),
    ),
  );
}

function outageArea({ fromMs, toMs, text }: TimeChartData['outages'][number], x: Scale): Markup {
  const from = Math.min(Math.max(x.at(fromMs), LEFT), RIGHT - OUTAGE_MIN_PX);
  const to = Math.min(Math.max(x.at(toMs), from + OUTAGE_MIN_PX), RIGHT);
  return h(
    'rect',
    { class: 'outage', x: px(from), y: TOP, width: px(to - from), height: STRIP.bottom - TOP },
    h('title', {}, text),
  );
}
