import type { FailureId } from './catalogue.js';
import { allOf, capitalize, counted, spanText } from './wording.js';
import type { Diagnosis, Observation } from './failure-definition.js';
import type { Step } from './step.js';
import { describeFailure } from './describe-failure.js';

/** The counts that a verdict is drawn from. */
export interface Counts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** The number of attempts by failure. Absent: only that of the verdict's own failure is known. */
  readonly failures?: ReadonlyMap<FailureId, number>;
}

/** How often a failure happened, and when the first and the last time was, where that is known. */
export interface Occurrence {
  readonly count: number;
  /** UTC, ISO 8601. */
  readonly firstAt?: string;
  readonly lastAt?: string;
}

/**
 * The one headline of a report. Text is for people, the id for programs. `incomplete`: what was measured worked, but what
 * was asked for was not measured, or only in part.
 */
export interface Verdict {
  readonly id: FailureId | 'ok' | 'incomplete' | 'nothing-measured';
  readonly title: string;
  readonly means: string;
  readonly certainty: Diagnosis;
  readonly next: readonly Step[];
}

/** Returns the verdict for a failure, with the share of attempts that it concerns, and its times where they are known. */
export function failureVerdict(
  id: FailureId,
  observation: Observation,
  occurrence: number | Occurrence,
  counts: Counts,
): Verdict & { readonly id: FailureId } {
  const { title, explanation, diagnosis: certainty, remediation: next } = describeFailure(id, observation);
  const occurred = typeof occurrence === 'number' ? { count: occurrence } : occurrence;
  return { id, title, means: `${explanation}${shareText(id, occurred, counts)}`, certainty, next };
}

/**
 * ` This happened in 3 of 10 attempts, at ...; 6 succeeded, and 1 failed with tls.reset.` All attempts are accounted for.
 */
function shareText(id: FailureId, { count, firstAt, lastAt }: Occurrence, counts: Counts): string {
  const { sent } = counts;
  const when = firstAt === undefined || lastAt === undefined ? '' : spanText(firstAt, lastAt);
  if (count === sent) {
    if (when === '') return '';
    return sent === 1 ? ` This happened ${when}.` : ` ${capitalize(allOf(sent, 'attempt'))} failed like this, ${when}.`;
  }
  const rest = listOutcomes(counts, id);
  const of = `${count.toLocaleString('en-US')} of ${counted(sent, 'attempt')}`;
  return ` This happened in ${of}${when === '' ? '' : `, ${when}`}; ${rest.join(', ')}.`;
}

/** Returns how all attempts ended, as a sentence: `Of 10 attempts, 6 succeeded, 4 failed with tls.reset.` */
export function describeCounts(counts: Counts): string {
  return `Of ${counted(counts.sent, 'attempt')}, ${listOutcomes(counts).join(', ')}.`;
}

/** The outcomes of attempts with their numbers. @param except named by the caller. */
function listOutcomes({ sent, ok, failed, failures = new Map() }: Counts, except?: FailureId): string[] {
  const others = [...failures].filter(([id]) => id !== except).sort(([, a], [, b]) => b - a);
  const cancelled = sent - ok - failed;
  const named = others.slice(0, OTHERS_NAMED);
  const unnamed = others.slice(OTHERS_NAMED).reduce((sum, [, times]) => sum + times, 0);
  return [
    `${ok === 0 ? 'none' : ok.toLocaleString('en-US')} succeeded`,
    ...named.map(([other, times]) => `${times.toLocaleString('en-US')} failed with ${other}`),
    ...(unnamed === 0 ? [] : [`${unnamed.toLocaleString('en-US')} failed otherwise`]),
    ...(cancelled === 0 ? [] : [`${cancelled.toLocaleString('en-US')} ${cancelled === 1 ? 'was' : 'were'} canceled`]),
  ];
}

/** More would not be read; the report's table has all of them. */
const OTHERS_NAMED = 3;
