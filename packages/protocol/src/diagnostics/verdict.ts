import type { FailureId } from './catalogue.js';
import { counted } from './wording.js';
import { DEPTHS, type MeasurementDepth } from './measurement-depth.js';
import type { Diagnosis, Observation } from './failure-definition.js';
import type { Step } from './step.js';
import { describeFailure } from './describe-failure.js';

/** The counts that a verdict is drawn from. */
export interface Counts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
}

/** The one headline of a report. Text is for people, the id for programs. */
export interface Verdict {
  readonly id: FailureId | 'ok' | 'nothing-measured';
  readonly title: string;
  readonly means: string;
  readonly certainty: Diagnosis;
  readonly next: readonly Step[];
}

/** Returns the verdict of a run in which every attempt succeeded. */
export function okVerdict(counts: Counts, level: MeasurementDepth): Verdict {
  return {
    id: 'ok',
    title: 'The path works',
    means: `${counts.ok === 1 ? '1 attempt' : `All ${counted(counts.ok, 'attempt')}`} succeeded (${DEPTHS[level].measured}).`,
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

/** Returns the verdict of a diagnosis in which every step succeeded. */
export function pathWorksVerdict(level: MeasurementDepth): Verdict {
  return {
    id: 'ok',
    title: 'The path works',
    means: `Every step succeeded, up to ${DEPTHS[level].measured}.`,
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

/** Returns the verdict of a run that ended before any attempt did. */
export function nothingMeasuredVerdict(): Verdict {
  return {
    id: 'nothing-measured',
    title: 'Nothing was measured',
    means: 'The run was stopped before the first attempt completed, so nothing is known about the path.',
    certainty: { kind: 'unknown' },
    next: [{ who: 'you', action: 'Run again and let at least one attempt complete (see --timeout).' }],
  };
}

/** Returns the verdict for a failure, with the share of attempts that it concerns. */
export function failureVerdict(id: FailureId, observation: Observation, count: number, counts: Counts): Verdict {
  const { title, explanation: means, diagnosis: certainty, remediation: next } = describeFailure(id, observation);
  const share =
    count === counts.sent
      ? ''
      : ` This happened in ${count} of ${counted(counts.sent, 'attempt')}; ${counts.ok} succeeded.`;
  return { id, title, means: `${means}${share}`, certainty, next };
}
