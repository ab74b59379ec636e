import { TOTAL_STAGES } from './align-stages.js';
import { isSameHost } from './compare-conditions.js';
import type { ComparisonVerdict, OutcomeComparison, Pair } from './comparison.js';
import type { ParsedReport } from './parsed-report.js';
import type { Findings, TimeFinding } from './findings.js';
import { bothShowIt, differs, nothingInCommon, notShown, theSame } from './verdict-texts.js';

/** The verdict of a pair: of several findings, the one that says most. */
export function decideVerdict(pair: Omit<Pair, 'verdict'>, a: ParsedReport, b: ParsedReport): ComparisonVerdict {
  const { stages, outcomes } = pair;
  const times = stages.flatMap(({ stage, quantiles }) => quantiles.map((each): TimeFinding => ({ stage, ...each })));
  const about = aboutOf(a, b);
  const significantTimes = times.filter(({ mark }) => mark === 'slower' || mark === 'faster');
  const expectedDifferences = about === 'pong-and-tentacle' ? expectedIn(significantTimes, b) : [];
  const findings: Findings = {
    a,
    b,
    pair,
    about,
    significantOutcomes: outcomes.filter(({ mark }) => mark !== 'unknown'),
    significantTimes: significantTimes.filter((time) => !expectedDifferences.includes(time)),
    expectedDifferences,
    inconclusiveTimes: times.filter(({ mark }) => mark === 'unknown'),
    sharedFailures: outcomes.filter(isShared),
    rareFailures: outcomes.filter(isRare),
  };
  if (findings.significantOutcomes.length > 0 || findings.significantTimes.length > 0) return differs(findings);
  if (findings.sharedFailures.length > 0) return bothShowIt(findings);
  if (stages.length === 0) return nothingInCommon(findings);
  return findings.inconclusiveTimes.length > 0 ? notShown(findings) : theSame(findings);
}

/** Whether pong was run in place of a Tentacle: a problem that pong has too is not caused by the Tentacle. */
function aboutOf(a: ParsedReport, b: ParsedReport): Findings['about'] {
  const kinds = [a.peerKind, b.peerKind];
  const samePath = isSameHost(a, b) && a.proxy === b.proxy;
  return samePath && kinds.includes('pong') && kinds.includes('tentacle') ? 'pong-and-tentacle' : 'two-runs';
}

/**
 * A Tentacle's second small write waits (Nagle) for a delayed acknowledgment: 40 ms on Linux, plus what the machines add.
 * The total includes it too.
 */
const USUAL_DELAY_US = [30_000, 60_000] as const;

function expectedIn(significantTimes: readonly TimeFinding[], b: ParsedReport): TimeFinding[] {
  const delayed = significantTimes.filter(({ differenceUs, mark }) => {
    const byUs = Math.abs(differenceUs);
    return (
      (mark === 'slower') === (b.peerKind === 'tentacle') && byUs >= USUAL_DELAY_US[0] && byUs <= USUAL_DELAY_US[1]
    );
  });
  const identity = delayed.filter(({ stage }) => stage === 'identity');
  return identity.length === 0 ? [] : [...identity, ...delayed.filter(({ stage }) => TOTAL_STAGES.includes(stage))];
}

function isShared({ outcome, reference, candidate }: OutcomeComparison): boolean {
  return outcome !== 'failed' && reference > 0 && candidate > 0;
}

/** Present in one run only, and too rarely to be significant. */
function isRare({ outcome, reference, candidate, mark }: OutcomeComparison): boolean {
  return outcome !== 'failed' && mark === 'unknown' && reference > 0 !== candidate > 0;
}
