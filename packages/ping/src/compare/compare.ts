import { align } from './align.js';
import { compareOutcomes, outcomesOf } from './compare-outcomes.js';
import { compareTimes, LEAST_SHARE, LEAST_US, quantilesOf } from './compare-times.js';
import type { Comparison, Pair, SideReport } from './comparison.js';
import { conditionsOf } from './conditions.js';
import type { Side } from './side.js';
import { verdictOf } from './verdict.js';

/** Of a hundred comparisons of what is alike at most one says that it is not: a wrong diagnosis costs days. */
const FALSE_ALARMS = 0.01;

/** Compare the first side with each of the others. */
export function compare(version: string, [reference, ...others]: readonly [Side, Side, ...Side[]]): Comparison {
  const named = [reference, ...others].map(nameOf);
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

/** @param error the chance of a false alarm in all of it, shared out evenly among all that is tested (Bonferroni). */
function comparePair(a: Side, b: Side, [reference, candidate]: readonly [string, string], error: number): Pair {
  const { aligned, notCompared } = align(a, b);
  const tests = aligned.reduce((sum, each) => sum + quantilesOf(each).length, outcomesOf(a, b).length);
  const pair: Omit<Pair, 'verdict'> = {
    reference,
    candidate,
    conditions: conditionsOf(a, b),
    stages: aligned.map((each) => compareTimes(each, a, b, error / tests)),
    notCompared,
    outcomes: compareOutcomes(a, b, error / tests),
  };
  return { ...pair, verdict: verdictOf(pair, a, b) };
}

function nameOf(side: Side, i: number): SideReport {
  const { file, target, address, proxy, peerKind, level, startedAt, endedAt, attempts, warnings } = side;
  return {
    name: String.fromCharCode('A'.charCodeAt(0) + i),
    file,
    target,
    ...(address === undefined ? {} : { address }),
    ...(proxy === undefined ? {} : { proxy }),
    peerKind,
    level,
    startedAt,
    endedAt,
    attempts,
    warnings,
  };
}
