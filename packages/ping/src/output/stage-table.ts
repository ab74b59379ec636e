import { type DurationFigures, fitTable, type Screen, styled, tableText } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';

/** With fewer times than a percentile has parts, it is the maximum under another name. */
const P90_LEAST = 10;
const P99_LEAST = 100;

/** Columns in the order in which a narrow screen goes without them. */
const DROPPED = ['stddev', 'min', 'p90', 'mean', 'p99', 'count'];

/** The times of the stages, which add up to the total: `other` is the time of no stage. */
export function stageTable(report: Pick<Report, 'stages' | 'plan' | 'pace'>, { width }: Pick<Screen, 'width'>): string {
  const shown = shownStages(report);
  const [first] = shown;
  if (first === undefined) return '';
  // A failed attempt has the stages before its failure, so the rows no longer count the same attempts.
  const isUnequal = shown.some(([, { count }]) => count !== first[1].count);
  const decimals = decimalsFor(Math.max(...shown.map(([, { maxUs }]) => maxUs)));
  const ms = (us: number): string => (us / 1000).toFixed(decimals);
  const rows = shown.map(([stage, s]) => [
    stage === 'total' ? styled('strong', stage) : stage === 'sinceScheduled' ? 'since scheduled' : stage,
    ...(isUnequal ? [String(s.count)] : []),
    ms(s.minUs),
    ms(s.meanUs),
    ms(s.p50Us),
    s.count < P90_LEAST ? '-' : ms(s.p90Us),
    s.count < P99_LEAST ? '-' : ms(s.p99Us),
    ms(s.maxUs),
    s.stddevUs === undefined ? '-' : ms(s.stddevUs),
  ]);
  const heads = ['ms', ...(isUnequal ? ['count'] : []), 'min', 'mean', 'p50', 'p90', 'p99', 'max', 'stddev'];
  const empty = heads.filter((_, i) => rows.every((row) => row[i] === '-'));
  const table = { sides: `l${'r'.repeat(heads.length - 1)}`, heads, rows };
  return tableText(fitTable(table, [...empty, ...DROPPED], width), width);
}

function shownStages({ stages, plan, pace }: Pick<Report, 'stages' | 'plan' | 'pace'>): [string, DurationFigures][] {
  // Uploads and downloads together are neither; each has a row of its own.
  const isPooled = stages.upload !== undefined && stages.download !== undefined;
  const hidden = [
    isPooled ? 'data' : 'upload',
    isPooled ? 'data' : 'download',
    // Where no attempt was late it equals the total, plus a timer's millisecond.
    plan.perSecond === undefined && pace.late === 0 ? 'sinceScheduled' : '',
  ];
  return Object.entries(stages).filter(([stage]) => !hidden.includes(stage));
}

/** Decimals that keep about four digits, and columns that are narrow. */
function decimalsFor(largestUs: number): number {
  if (largestUs < 100_000) return 2;
  return largestUs < 10_000_000 ? 1 : 0;
}
