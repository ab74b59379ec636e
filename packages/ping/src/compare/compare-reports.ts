import { omitUndefined } from 'tentacle-protocol/cli';
import { alignStages } from './align-stages.js';
import { compareOutcomes, outcomesOf } from './compare-outcomes.js';
import { compareTimes, LEAST_SHARE, LEAST_US, quantilesOf } from './compare-times.js';
import type { Comparison, Pair, SideReport } from './comparison.js';
import { compareConditions } from './compare-conditions.js';
import type { ParsedReport } from './parsed-report.js';
import { decideVerdict } from './decide-verdict.js';

/** At most one of a hundred comparisons of equal runs reports a difference: a wrong diagnosis costs days. */
const FALSE_ALARMS = 0.01;

/** Compares the first report with each of the others. */
export function compare(
  version: string,
  [reference, ...others]: readonly [ParsedReport, ParsedReport, ...ParsedReport[]],
): Comparison {
  const named = [reference, ...others].map(describeReport);
  return {
    schema: 'tentacle-ping/comparison/1',
    tool: { name: 'tentacle-ping', version },
    falseAlarms: FALSE_ALARMS,
    least: { us: LEAST_US, share: LEAST_SHARE },
    sides: named,
    pairs: others.map((other, i) =>
      comparePair(reference, other, ['A', named[i + 1]?.name ?? ''], FALSE_ALARMS / others.length),
    ),
  };
}

/** @param error the probability of a false alarm in the whole pair, divided evenly among all tests (Bonferroni). */
function comparePair(
  a: ParsedReport,
  b: ParsedReport,
  [reference, candidate]: readonly [string, string],
  error: number,
): Pair {
  const { aligned, notCompared } = alignStages(a, b);
  const tests = aligned.reduce((sum, each) => sum + quantilesOf(each).length, outcomesOf(a, b).length);
  const pair: Omit<Pair, 'verdict'> = {
    reference,
    candidate,
    conditions: compareConditions(a, b),
    stages: aligned.map((each) => compareTimes(each, a, b, error / tests)),
    notCompared,
    outcomes: compareOutcomes(a, b, error / tests),
  };
  return { ...pair, verdict: decideVerdict(pair, a, b) };
}

function describeReport(side: ParsedReport, i: number): SideReport {
  const { file, target, address, proxy, peerKind, level, startedAt, endedAt, attempts, warnings } = side;
  return omitUndefined({
    name: String.fromCharCode('A'.charCodeAt(0) + i),
    file,
    target,
    address,
    proxy,
    peerKind,
    level,
    startedAt,
    endedAt,
    attempts,
    warnings,
  });
}
