import { DurationHistogram, omitUndefined, UsageError } from 'tentacle-protocol/cli';
import { counterpartsOf, endings as endingDefinitions } from 'tentacle-protocol/diagnostics';
import { compareFiles } from '../remote-records/compare-files.js';
import type { PingRecords, PongRecords, PongSummary } from '../remote-records/read-record-file.js';
import type { ComparedEnds } from '../report/remote-view.js';
import type { EndsComparison, EndsError, EndsStage, EndsTotals } from './ends-comparison.js';
import { recordsVerdict, totalsVerdict } from './ends-verdict.js';
import { overlayHistograms } from './histogram-overlay.js';
import { readHistogram } from './read-histogram.js';
import { quantile, type Sample } from './statistics/estimates.js';

/** Compares both ends' records, attempt by attempt. */
export function compareRecords(version: string, ping: PingRecords, pong: PongRecords): EndsComparison {
  const records = compareFiles(ping, pong);
  const { otherEnd } = records;
  const tables = {
    pongVersion: pong.version,
    attempts: endedOf(ping),
    stages: pairedStages(otherEnd),
    errors: otherEnd.failures.map(({ id, of, endings }): EndsError => ({ id, count: of, there: endings })),
  };
  return {
    schema: 'tentacle-ping/ends/1',
    tool: { name: 'tentacle-ping', version },
    ...records,
    ...tables,
    verdict: recordsVerdict(records, tables),
  };
}

/** Compares a run of ping with what pong counted in its own, without records: distribution with distribution, id with ending. */
export function compareTotals(version: string, ping: PingRecords, pong: PongSummary): EndsTotals {
  const tables = {
    pongVersion: pong.version,
    attempts: endedOf(ping),
    stages: measuredStages(ping, pong),
    errors: alignErrors(outcomesOf(ping), pong.endings),
  };
  return {
    schema: 'tentacle-ping/ends-totals/1',
    tool: { name: 'tentacle-ping', version },
    target: ping.target,
    received: pong.received,
    ...tables,
    verdict: totalsVerdict(tables, pong),
  };
}

function endedOf(ping: PingRecords): EndsTotals['attempts'] {
  const outcomes = Object.entries(outcomesOf(ping));
  const sum = (counts: readonly (readonly [string, number])[]): number =>
    counts.reduce((all, [, count]) => all + count, 0);
  return { ended: sum(outcomes), ok: sum(outcomes.filter(([id]) => id === 'ok')) };
}

/** Canceled attempts apart. */
function outcomesOf({ outcomes, attempts }: PingRecords): Readonly<Record<string, number>> {
  if (outcomes !== undefined) return outcomes;
  const counts: Record<string, number> = {};
  for (const { outcome } of attempts) if (outcome !== 'cancelled') counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Of the attempts whose record was found. */
function pairedStages({ stages = {} }: ComparedEnds): EndsStage[] {
  return Object.entries(stages).map(([stage, { here, there, networkUs }]) =>
    compareStage(stage, readHistogram(here.histogram), readHistogram(there.histogram), networkUs),
  );
}

const STAGES = ['tls', 'identity', 'rpc'] as const;

function measuredStages(ping: PingRecords, pong: PongSummary): EndsStage[] {
  return STAGES.flatMap((stage) => {
    const { [stage]: there } = pong.histograms;
    const here = ping.histograms === undefined ? fromAttempts(ping, stage) : ping.histograms[stage];
    if (here === undefined || there === undefined) return [];
    const [a, b] = [sampleIn(here, 'the report'), sampleIn(there, "pong's summary")];
    if (a.count === 0 || b.count === 0) return [];
    // In TLS the other end waits for the network as well.
    const networkUs = stage === 'tls' ? undefined : Math.max(0, quantile(a, 0.5) - quantile(b, 0.5));
    return [compareStage(stage, a, b, networkUs)];
  });
}

/** @throws UsageError */
function sampleIn(histogram: string, where: string): Sample {
  try {
    return readHistogram(histogram);
  } catch {
    // The decoder's own message means nothing to the user.
    throw new UsageError(`${where} is damaged: a histogram is not an HdrHistogram in compressed form`);
  }
}

function fromAttempts({ attempts }: PingRecords, stage: string): string | undefined {
  const histogram = new DurationHistogram();
  for (const { stages } of attempts)
    for (const time of stages) if (time.stage === stage) histogram.add(time.durationUs);
  return histogram.count === 0 ? undefined : histogram.figures.histogram;
}

/** Quantiles, and the least number of times at both ends: with fewer, one is the maximum under another name. */
const QUANTILES = [
  [0.5, 1],
  [0.9, 10],
  [0.99, 100],
] as const;

function compareStage(stage: string, here: Sample, there: Sample, networkUs: number | undefined): EndsStage {
  const least = Math.min(here.count, there.count);
  return {
    stage,
    hereCount: here.count,
    thereCount: there.count,
    quantiles: QUANTILES.filter(([, count]) => least >= count).map(([p]) => ({
      quantile: p,
      hereUs: quantile(here, p),
      thereUs: quantile(there, p),
    })),
    ...omitUndefined({ networkUs }),
    steps: overlayHistograms(here, there),
  };
}

/** Endings of connections that are in order: they stand beside no failure, unless one names them. */
const HARMLESS = new Set<string>(endingDefinitions.filter(({ level }) => level === 'info').map(({ id }) => id));

/** Puts each ending beside the most frequent failure that it usually belongs to. */
function alignErrors(
  outcomes: Readonly<Record<string, number>>,
  endings: Readonly<Record<string, number>>,
): EndsError[] {
  const failures = Object.entries(outcomes)
    .filter(([id]) => id !== 'ok')
    .sort(([, a], [, b]) => b - a);
  const left = new Map(Object.entries(endings));
  const rows = failures.map(([id, count]): EndsError => {
    const there = [...left].filter(([ending]) => counterpartsOf(ending).some((counterpart) => counterpart === id));
    for (const [ending] of there) left.delete(ending);
    return { id, count, there: there.map(([ending, times]) => ({ ending, count: times })) };
  });
  const alone = [...left].filter(([ending]) => !HARMLESS.has(ending));
  return [...rows, ...alone.map(([ending, count]): EndsError => ({ count: 0, there: [{ ending, count }] }))];
}
