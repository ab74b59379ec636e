import { allOf, capitalize, counted, type Counts, type Verdict } from 'tentacle-protocol/diagnostics';
import { DEPTHS, type MeasurementDepth } from './measurement-depth.js';

/** Returns the verdict of a run in which every attempt that ended succeeded. */
export function okVerdict(counts: Counts, level: MeasurementDepth): Verdict {
  const cancelled = counts.sent - counts.ok - counts.failed;
  return {
    id: 'ok',
    title: 'The path works',
    means: `${attemptsText(counts)} succeeded (${DEPTHS[level].measured}).${cancelled === 0 ? '' : ` ${counted(cancelled, 'attempt')} ${cancelled === 1 ? 'was' : 'were'} canceled when the run was stopped.`}`,
    // It states what was measured, for these attempts at that time, and no cause.
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

/** `1 attempt`, `All 3 attempts`; `All 2 completed attempts` where others were canceled. */
function attemptsText({ sent, ok }: Counts): string {
  if (ok === 1) return sent === 1 ? '1 attempt' : '1 completed attempt';
  return capitalize(allOf(ok, sent === ok ? 'attempt' : 'completed attempt'));
}

/** Returns the verdict of a run that was stopped before what it was for had a result, although attempts succeeded. */
export function stoppedVerdict(measured: string, missing: string): Verdict {
  return {
    id: 'incomplete',
    title: 'Stopped before there was a result',
    means: `${measured} The run was stopped before ${missing}.`,
    certainty: { kind: 'unknown' },
    next: [{ who: 'you', action: 'Run again and let it finish (see --deadline).' }],
  };
}

/** Returns the verdict of a diagnosis in which every step succeeded. */
export function pathWorksVerdict(level: MeasurementDepth): Verdict {
  return {
    id: 'ok',
    title: 'The path works',
    means: `Every step succeeded, up to ${DEPTHS[level].measured}.`,
    // It states what was measured, in these steps at that time, and no cause.
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
