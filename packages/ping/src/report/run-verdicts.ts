import { counted, type Counts, type Verdict } from 'tentacle-protocol/diagnostics';
import { DEPTHS, type MeasurementDepth } from './measurement-depth.js';

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
