import type { OutcomeComparison } from './comparison.js';
import type { Side } from './side.js';
import { fisherExact } from './statistics/distributions.js';
import { autocorrelationFactor, differenceInterval, proportionInterval } from './statistics/estimates.js';

/** All failures as one. */
const FAILED = 'failed';

/** What is compared of outcomes. The test goes by how often both sides together have an id, so the choice is none. */
export function outcomesOf(a: Side, b: Side): string[] {
  const ids = new Set([...Object.keys(a.outcomes), ...Object.keys(b.outcomes)]);
  ids.delete('ok');
  return [FAILED, ...[...ids].sort()];
}

/** @param error the chance of a false alarm that each outcome may have. */
export function compareOutcomes(a: Side, b: Side, error: number): OutcomeComparison[] {
  const [ofA, ofB] = [ended(a), ended(b)];
  if (ofA === 0 || ofB === 0) return [];
  return outcomesOf(a, b).map((outcome) => {
    const [countA, countB] = [countOf(a, outcome), countOf(b, outcome)];
    const { value, low, high } = differenceInterval(
      proportionInterval(countA, ofA, error),
      proportionInterval(countB, ofB, error),
    );
    const p = fisherExact(countA, ofA, countB, ofB);
    const shown = p <= error;
    return {
      outcome,
      reference: countA,
      referenceOf: ofA,
      candidate: countB,
      candidateOf: ofB,
      differenceShare: value,
      lowShare: low,
      highShare: high,
      p,
      mark: shown ? (value > 0 ? 'more' : 'fewer') : 'unknown',
      inStretches: shown && byStretches(a, countA, b, countB) > error,
    };
  });
}

/**
 * The test once more with each side's counts divided by how much its failures cling together (J. N. K. Rao and A. J.
 * Scott, Biometrics 48, 1992): one outage of many attempts is one event.
 */
function byStretches(a: Side, countA: number, b: Side, countB: number): number {
  const [clingA, clingB] = [clinging(a), clinging(b)];
  const [ofA, ofB] = [Math.ceil(ended(a) / clingA), Math.ceil(ended(b) / clingB)];
  return fisherExact(Math.min(ofA, Math.round(countA / clingA)), ofA, Math.min(ofB, Math.round(countB / clingB)), ofB);
}

function clinging({ course }: Side): number {
  return autocorrelationFactor(course.map(({ ok }) => (ok ? 0 : 1)));
}

function ended({ attempts: { ok, failed } }: Side): number {
  return ok + failed;
}

function countOf(side: Side, outcome: string): number {
  return outcome === FAILED ? side.attempts.failed : (side.outcomes[outcome] ?? 0);
}
