import type { FailureId } from './catalogue.js';
import { LEVELS_MEASURED, type MeasuredLevel } from './levels.js';
import type { Certainty, Sighting, Step } from './row.js';
import { describeFailure } from './describe-failure.js';

/** How a run is summed up, drawn from its counts. */
export interface Counts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
}

/** The one headline of a report: the row to read first. Text is for people, the id for programs. */
export interface Verdict {
  readonly id: FailureId | 'ok' | 'nothing-measured';
  readonly title: string;
  readonly means: string;
  readonly certainty: Certainty;
  readonly next: readonly Step[];
}

/** All went well. */
export function okVerdict(counts: Counts, level: MeasuredLevel): Verdict {
  return {
    id: 'ok',
    title: 'The path works',
    means: `All ${counts.ok} attempts that ended went through. Measured: ${LEVELS_MEASURED[level].measured}.`,
    certainty: { kind: 'sure' },
    next: [],
  };
}

/** A diagnosis found every step of the way in order. */
export function wayIsOpen(level: MeasuredLevel): Verdict {
  return {
    id: 'ok',
    title: 'The path works',
    means: `Every step of the way worked, up to ${LEVELS_MEASURED[level].measured}.`,
    certainty: { kind: 'sure' },
    next: [],
  };
}

/** Nothing ended before the run did. */
export function nothingMeasured(): Verdict {
  return {
    id: 'nothing-measured',
    title: 'Nothing was measured',
    means: 'The run was stopped before a first attempt had ended, so nothing is known of the path.',
    certainty: { kind: 'unknown' },
    next: [{ who: 'you', action: 'Run again and let at least one attempt end (see --timeout).' }],
  };
}

/** The failure to read first, in its row's words and with how much of the run it concerns. */
export function failureVerdict(id: FailureId, sighting: Sighting, count: number, counts: Counts): Verdict {
  const told = describeFailure(id, sighting);
  const share =
    count === counts.sent ? '' : ` This was so in ${count} of ${counts.sent} attempts; ${counts.ok} went through.`;
  return {
    id,
    title: told.title,
    means: `${told.means}${share}`,
    certainty: told.certainty,
    next: told.next,
  };
}
