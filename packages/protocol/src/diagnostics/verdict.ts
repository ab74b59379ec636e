import type { FailureId } from './catalogue.js';
import { counted } from './wording.js';
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

/** Returns the verdict for a failure, with the share of attempts that it concerns. */
export function failureVerdict(id: FailureId, observation: Observation, count: number, counts: Counts): Verdict {
  const { title, explanation: means, diagnosis: certainty, remediation: next } = describeFailure(id, observation);
  const share =
    count === counts.sent
      ? ''
      : ` This happened in ${count} of ${counted(counts.sent, 'attempt')}; ${counts.ok} succeeded.`;
  return { id, title, means: `${means}${share}`, certainty, next };
}
