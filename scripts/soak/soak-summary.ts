import type { SoakResult } from './run-soak.js';
import { type Figures, slopePerHour } from './soak-figures.js';

/** The part at the beginning in which code is compiled and caches and rings of records fill. */
const WARM_UP_SHARE = 0.25;

/** After the warm-up. The rings of records and the engine's own choice of when to collect garbage are under it. */
const RSS_GROWTH_MAX = 0.25;

/** Returns the bounds that a soak broke; empty: none. */
export function brokenBounds(result: SoakResult): string[] {
  const { before, after, account, polling } = result;
  const { warm, last } = rssOf(result);
  return [
    last > warm * (1 + RSS_GROWTH_MAX) ? `RSS grew from ${megabytes(warm)} to ${megabytes(last)}` : undefined,
    after.handles > before.handles ? `${after.handles - before.handles} handles stayed open` : undefined,
    after.sockets > 0 ? `${after.sockets} sockets stayed open` : undefined,
    polling.answered < polling.ok || polling.answered > polling.queued || polling.ok === 0
      ? `${polling.ok} of ${polling.queued} polling calls succeeded, ${polling.answered} were answered`
      : undefined,
    ...account.differences,
  ].filter((text) => text !== undefined);
}

/** Returns RSS after the warm-up and in the last quarter, as means. */
function rssOf({ seconds, figures }: SoakResult): { warm: number; last: number; slope: number } {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const between = (from: number, to: number): number[] =>
    figures
      .filter(({ atSeconds }) => atSeconds >= seconds * from && atSeconds <= seconds * to + 1)
      .map(({ rssBytes }) => rssBytes);
  const points = figures
    .filter(({ atSeconds }) => atSeconds >= seconds * WARM_UP_SHARE)
    .map(({ atSeconds, rssBytes }) => ({ atSeconds, value: rssBytes }));
  return { warm: mean(between(WARM_UP_SHARE, 0.5)), last: mean(between(0.75, 1)), slope: slopePerHour(points) };
}

export function figuresHead(): string {
  return '| time | RSS | handles | sockets |\n| --- | --- | --- | --- |';
}

export function figuresRow({ atSeconds, rssBytes, handles, sockets }: Figures): string {
  return `| ${atSeconds.toFixed(0)} s | ${megabytes(rssBytes)} | ${handles} | ${sockets} |`;
}

/** Returns the summary in Markdown. */
export function summaryMarkdown(result: SoakResult): string {
  const { seconds, before, after, account, polling, figures, endings } = result;
  const { warm, last, slope } = rssOf(result);
  const most = (of: (one: Figures) => number): number => Math.max(...figures.map(of));
  const rows: [string, string][] = [
    ['duration', `${seconds} s`],
    ['runs of tentacle-ping', account.pingRuns.toLocaleString('en')],
    [
      'attempts, all of them successful',
      `${account.attempts.toLocaleString('en')}, ${account.attemptsOk === account.attempts ? 'yes' : 'no'}`,
    ],
    ['connections of tentacle-pong', account.connections.toLocaleString('en')],
    ['polling calls: queued, ok, answered', `${polling.queued}, ${polling.ok}, ${polling.answered}`],
    ['RSS after the warm-up, in the last quarter', `${megabytes(warm)}, ${megabytes(last)}`],
    ['RSS, slope after the warm-up', `${megabytes(slope)}/h`],
    ['handles before, most, after', `${before.handles}, ${most(({ handles }) => handles)}, ${after.handles}`],
    ['sockets before, most, after', `${before.sockets}, ${most(({ sockets }) => sockets)}, ${after.sockets}`],
    [
      'endings',
      Object.entries(endings)
        .map(([id, count]) => `${id} ${count}`)
        .join(', '),
    ],
    ['accounted for at both ends', account.differences.length === 0 ? 'all' : account.differences.join('; ')],
    ['broken bounds', brokenBounds(result).join('; ')],
  ];
  return ['| figure | value |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
