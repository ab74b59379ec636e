import { WHOLES } from './align.js';
import { isSameHost } from './conditions.js';
import type { ComparisonVerdict, OutcomeComparison, Pair } from './comparison.js';
import type { Side } from './side.js';
import type { Seen, SeenTime } from './seen.js';
import { bothShowIt, differs, nothingInCommon, notShown, theSame } from './verdict-words.js';

/** What a pair comes to: of several things the one that says most. */
export function verdictOf(pair: Omit<Pair, 'verdict'>, a: Side, b: Side): ComparisonVerdict {
  const { stages, outcomes } = pair;
  const times = stages.flatMap(({ stage, quantiles }) => quantiles.map((each): SeenTime => ({ stage, ...each })));
  const about = aboutOf(a, b);
  const moved = times.filter(({ mark }) => mark === 'slower' || mark === 'faster');
  const habit = about === 'pong-and-tentacle' ? habitIn(moved, b) : [];
  const seen: Seen = {
    a,
    b,
    pair,
    about,
    failing: outcomes.filter(({ mark }) => mark !== 'unknown'),
    moved: moved.filter((time) => !habit.includes(time)),
    habit,
    open: times.filter(({ mark }) => mark === 'unknown'),
    shared: outcomes.filter(isShared),
    single: outcomes.filter(isSingle),
  };
  if (seen.failing.length > 0 || seen.moved.length > 0) return differs(seen);
  if (seen.shared.length > 0) return bothShowIt(seen);
  if (stages.length === 0) return nothingInCommon(seen);
  return seen.open.length > 0 ? notShown(seen) : theSame(seen);
}

/** A pong in the place of a Tentacle, and the Tentacle: what pong shows too is not the Tentacle's. */
function aboutOf(a: Side, b: Side): Seen['about'] {
  const kinds = [a.peerKind, b.peerKind];
  const samePath = isSameHost(a, b) && a.proxy === b.proxy;
  return samePath && kinds.includes('pong') && kinds.includes('tentacle') ? 'pong-and-tentacle' : 'two-runs';
}

/**
 * A Tentacle's second small write waits (Nagle) for a delayed acknowledgement: 40 ms on Linux, and what the machines add.
 * The total holds it too.
 */
const HABIT_US = [30_000, 60_000] as const;

function habitIn(moved: readonly SeenTime[], b: Side): SeenTime[] {
  const late = moved.filter(({ differenceUs, mark }) => {
    const byUs = Math.abs(differenceUs);
    return (mark === 'slower') === (b.peerKind === 'tentacle') && byUs >= HABIT_US[0] && byUs <= HABIT_US[1];
  });
  const identity = late.filter(({ stage }) => stage === 'identity');
  return identity.length === 0 ? [] : [...identity, ...late.filter(({ stage }) => WHOLES.includes(stage))];
}

function isShared({ outcome, reference, candidate }: OutcomeComparison): boolean {
  return outcome !== 'failed' && reference > 0 && candidate > 0;
}

/** Seen on one side alone, and too seldom to be called a difference. */
function isSingle({ outcome, reference, candidate, mark }: OutcomeComparison): boolean {
  return outcome !== 'failed' && mark === 'unknown' && reference > 0 !== candidate > 0;
}
