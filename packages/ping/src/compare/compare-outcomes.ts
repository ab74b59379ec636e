import type { OutcomeComparison } from './comparison.js';
import type { ParsedReport } from './parsed-report.js';
import { fisherExact } from './statistics/distributions.js';
import { autocorrelationFactor, differenceInterval, proportionInterval } from './statistics/estimates.js';

/** All failures together. */
const FAILED = 'failed';

/** The outcomes to compare: every failure id that occurs. The choice does not depend on the difference, so it is not a test. */
export function outcomesOf(a: ParsedReport, b: ParsedReport): string[] {
  const ids = new Set([...Object.keys(a.outcomes), ...Object.keys(b.outcomes)]);
  ids.delete('ok');
  return [FAILED, ...[...ids].sort()];
}

/** @param error the probability of a false alarm for each outcome. */
export function compareOutcomes(a: ParsedReport, b: ParsedReport, error: number): OutcomeComparison[] {
  const [ofA, ofB] = [ended(a), ended(b)];
  if (ofA === 0 || ofB === 0) return [];
  return outcomesOf(a, b).map((outcome) => {
    const [countA, countB] = [countOf(a, outcome), countOf(b, outcome)];
    const { value, low, high } = differenceInterval(
      proportionInterval(countA, ofA, error),
      proportionInterval(countB, ofB, error),
    );
    const p = fisherExact(countA, ofA, countB, ofB);
    const isSignificant = p <= error;
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
      mark: isSignificant ? (value > 0 ? 'more' : 'fewer') : 'unknown',
      inStretches: isSignificant && pValueByBursts(a, countA, b, countB) > error,
    };
  });
}

/**
 * The p-value with each run's counts divided by the autocorrelation of its failures (J. N. K. Rao and A. J. Scott,
 * Biometrics 48, 1992): an outage over many attempts is one event.
 */
function pValueByBursts(a: ParsedReport, countA: number, b: ParsedReport, countB: number): number {
  const [factorA, factorB] = [failureAutocorrelation(a), failureAutocorrelation(b)];
  const [ofA, ofB] = [Math.ceil(ended(a) / factorA), Math.ceil(ended(b) / factorB)];
  return fisherExact(
    Math.min(ofA, Math.round(countA / factorA)),
    ofA,
    Math.min(ofB, Math.round(countB / factorB)),
    ofB,
  );
}

function failureAutocorrelation({ attemptSequence }: ParsedReport): number {
  return autocorrelationFactor(attemptSequence.map(({ ok }) => (ok ? 0 : 1)));
}

function ended({ attempts: { ok, failed } }: ParsedReport): number {
  return ok + failed;
}

function countOf(side: ParsedReport, outcome: string): number {
  return outcome === FAILED ? side.attempts.failed : (side.outcomes[outcome] ?? 0);
}
