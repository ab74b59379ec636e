import { catalogue, type Certainty, type Step } from 'tentacle-protocol';
import type { ComparisonVerdict, OutcomeComparison, Pair, QuantileComparison } from './comparison.js';
import { causesOf, tellsApart } from './cause-words.js';
import type { Side } from './side.js';

/** A quantile of a stage. */
export interface SeenTime extends QuantileComparison {
  readonly stage: string;
}

/** What the comparison of two files saw: the ground of its verdict. */
export interface Seen {
  readonly a: Side;
  readonly b: Side;
  readonly pair: Omit<Pair, 'verdict'>;
  readonly about: 'pong-and-tentacle' | 'two-runs';
  /** Outcomes that one side has more often than chance makes it. */
  readonly failing: readonly OutcomeComparison[];
  /** Times that differ by more than the least difference that counts. */
  readonly moved: readonly SeenTime[];
  /** Times that differ by what a Tentacle does of itself. */
  readonly habit: readonly SeenTime[];
  /** Times of which neither is shown. */
  readonly open: readonly SeenTime[];
  /** Failures that both sides have. */
  readonly shared: readonly OutcomeComparison[];
  /** Failures that one side has, too seldom to tell. */
  readonly single: readonly OutcomeComparison[];
}

export function differs(seen: Seen): ComparisonVerdict {
  const { pair, failing, moved } = seen;
  const causes = causesOf(pair.conditions);
  const inStretches = failing.some((outcome) => outcome.inStretches);
  return {
    id: 'differs',
    title: titleOf(seen),
    means: sentences([
      ...failureSentences(seen),
      ...timeSentences(seen),
      inStretches
        ? 'The failures came in few stretches: one outage, which may have met the one run and not the other by chance.'
        : '',
      sharedSentence(seen),
      singleSentence(seen),
      warningSentence(seen),
      habitSentence(seen),
      causes.length === 0 ? 'They are not known to be unlike in anything.' : '',
      causes.length === 1 ? `They are known to be unlike in one thing, ${causes[0] ?? ''}.` : '',
    ]),
    certainty: certaintyOf(causes, tellsApart(pair.conditions)),
    next: [...failing.filter(({ outcome }) => outcome !== 'failed').map(explainStep), ...nextOf(seen, moved)].slice(
      0,
      4,
    ),
  };
}

export function bothShowIt(seen: Seen): ComparisonVerdict {
  const { about, shared } = seen;
  return {
    id: 'both-show-it',
    title:
      about === 'pong-and-tentacle' ? 'Both show it: it is not the Tentacle' : 'Both show it: what differs is not why',
    means: sentences([
      sharedSentence(seen),
      'Nothing else differs by more than so many attempts can show.',
      habitSentence(seen),
      about === 'pong-and-tentacle'
        ? "At fault is what both share: the network between, this machine, or the Tentacle's host."
        : `At fault is what both share, and not what they differ in (${differencesOf(seen)}).`,
      singleSentence(seen),
    ]),
    certainty: { kind: 'sure' },
    next: shared.map(explainStep).slice(0, 3),
  };
}

export function notShown(seen: Seen): ComparisonVerdict {
  const { a, b } = seen;
  // Medians say more, and need less, than the tails.
  const least = Math.min(...seen.open.map(({ quantile }) => quantile));
  const open = seen.open.filter(({ quantile }) => quantile === least);
  const [widest] = [...open].sort((x, y) => hidden(y) - hidden(x));
  const [most] = [...open].sort((x, y) => (y.samplesNeeded ?? 0) - (x.samplesNeeded ?? 0));
  const samples = Math.min(a.attempts.ok + a.attempts.failed, b.attempts.ok + b.attempts.failed);
  const needed = most === undefined ? 0 : roundedUp(most.samplesNeeded ?? 0);
  return {
    id: 'not-shown',
    title: `No difference that ${samples} attempts can show`,
    means: sentences([
      widest === undefined ? '' : `One could hide: ${couldHide(widest)}.`,
      most === undefined
        ? ''
        : `Some ${needed} attempts on each side would tell ${span(2 * most.leastUs)} more or less in ${timeName(most)} from nothing.`,
      habitSentence(seen),
      outcomeBound(seen),
      singleSentence(seen),
      warningSentence(seen),
    ]),
    certainty: { kind: 'unknown' },
    next: [
      needed > ATTEMPTS_MOST
        ? {
            who: 'you',
            action: 'The times scatter too much to be told apart by more attempts: measure at a quieter hour.',
          }
        : { who: 'you', action: `Measure both again, in turns, with --count ${needed}.` },
    ],
  };
}

export function theSame(seen: Seen): ComparisonVerdict {
  const { about, pair } = seen;
  return {
    id: 'same',
    title: 'No difference that counts',
    means: sentences([
      `No stage's times differ by more than ${LEAST_WORDS}.`,
      habitSentence(seen),
      outcomeBound(seen),
      singleSentence(seen),
      warningSentence(seen),
      about === 'pong-and-tentacle'
        ? 'What pong and the Tentacle share, the way and the host, decides how long it takes.'
        : pair.conditions.length === 0
          ? ''
          : `What the two differ in (${differencesOf(seen)}) makes no difference.`,
    ]),
    certainty: { kind: 'sure' },
    next: [],
  };
}

export function nothingInCommon({ pair }: Seen): ComparisonVerdict {
  return {
    id: 'nothing-in-common',
    title: 'The two have nothing in common that could be compared',
    means: sentences(pair.notCompared.map(({ stage, why }) => `${stage}: ${why}.`)) || 'Neither measured anything.',
    certainty: { kind: 'unknown' },
    next: [{ who: 'you', action: 'Measure both again with the same --level, so that they measure the same.' }],
  };
}

const LEAST_WORDS = '0.5 ms or a tenth';

/** A day at the default pace: nobody waits longer. */
const ATTEMPTS_MOST = 172_800;

function titleOf({ a, b, pair, failing, moved, about }: Seen): string {
  const worse = (mark: string): boolean => mark === 'more' || mark === 'slower';
  const marks = [...failing, ...moved].map(({ mark }) => worse(mark));
  const how = failing.length > 0 ? 'fails more often' : 'is slower';
  if (marks.some((mark) => mark !== marks[0]))
    return `${pair.reference} and ${pair.candidate} differ, each in another way`;
  const [bad, good] = marks[0] === true ? [b, a] : [a, b];
  if (about === 'pong-and-tentacle') {
    const [name, other] = bad.peerKind === 'tentacle' ? ['the Tentacle', 'pong'] : ['pong', 'the Tentacle'];
    return good.attempts.failed === 0 && failing.length > 0
      ? `Only ${name} shows it; ${other} on the same host is clean`
      : `${name === 'pong' ? 'Pong' : 'The Tentacle'} ${how} than ${other} on the same host`;
  }
  return marks[0] === true
    ? `${pair.candidate} ${how} than ${pair.reference}`
    : `${pair.reference} ${how} than ${pair.candidate}`;
}

function failureSentences({ pair, failing }: Seen): string[] {
  // An id says more than all failures as one.
  const ids = failing.filter(({ outcome }) => outcome !== 'failed');
  return (ids.length > 0 ? ids : failing).map(
    ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
      `${outcome}: ${pair.candidate} ${candidate} of ${candidateOf}, ${pair.reference} ${reference} of ${referenceOf}.`,
  );
}

/** The medians that differ, and of stages whose median does not the first percentile that does. */
function timeSentences({ pair, moved }: Seen): string[] {
  const first = moved.filter(({ stage }, i) => moved.findIndex((other) => other.stage === stage) === i);
  // It says the same as the total, where that is there.
  const said = first.filter(({ stage }) => stage !== 'fromDue' || first.length === 1);
  return (['slower', 'faster'] as const).flatMap((mark) => {
    const [longer, sign] = mark === 'slower' ? ['longer', 1] : ['shorter', -1];
    const parts = said.filter((time) => time.mark === mark).map((time) => `${timeName(time)} by ${by(time, sign)}`);
    return parts.length === 0 ? [] : [`In ${pair.candidate} is ${longer}: ${parts.join(', ')}.`];
  });
}

function by({ lowUs, highUs }: SeenTime, sign: number): string {
  const [low, high] = sign > 0 ? [lowUs, highUs] : [negated(highUs), negated(lowUs)];
  return high === undefined ? `at least ${span(low ?? 0)}` : `${span(low ?? 0)} to ${span(high)}`;
}

function negated(us: number | undefined): number | undefined {
  return us === undefined ? undefined : -us;
}

function sharedSentence({ shared, pair }: Seen): string {
  return shared
    .map(
      ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
        `Both have ${outcome}: ${pair.reference} ${reference} of ${referenceOf}, ${pair.candidate} ${candidate} of ${candidateOf}.`,
    )
    .join(' ');
}

function singleSentence({ single, pair }: Seen): string {
  return single
    .map(({ outcome, reference, referenceOf, candidate, candidateOf }) => {
      const [name, count, of] =
        candidate > 0 ? [pair.candidate, candidate, candidateOf] : [pair.reference, reference, referenceOf];
      return `Only ${name} has ${outcome} (${count} of ${of}), which may be chance.`;
    })
    .join(' ');
}

/** What the reports say of themselves, and no test here looks at: loss, for one, is a few late times of many. */
function warningSentence({ a, b, pair }: Seen): string {
  const only = (name: string, own: readonly string[], other: readonly string[]): string => {
    const ids = own.filter((id) => !other.includes(id));
    return ids.length === 0 ? '' : `Only the report ${name} warns of ${ids.join(', ')}.`;
  };
  return sentences([only(pair.reference, a.warnings, b.warnings), only(pair.candidate, b.warnings, a.warnings)]);
}

function outcomeBound({ pair: { outcomes } }: Seen): string {
  const [all] = outcomes;
  if (all === undefined) return '';
  const share = Math.max(Math.abs(all.lowShare), Math.abs(all.highShare));
  return `Shares of failures that differ by more than ${Math.ceil(share * 1000) / 10} in 100 would have shown.`;
}

/** So that nobody looks for it in the network (docs/measuring.md). */
function habitSentence({ habit }: Seen): string {
  const [identity] = habit;
  return identity === undefined
    ? ''
    : `That the Tentacle's identity comes ${span(Math.abs(identity.differenceUs))} later than pong's is its own habit and no fault of the network, so it is not counted.`;
}

function nextOf({ a, b, about, pair }: Seen, moved: readonly SeenTime[]): Step[] {
  const measureInTurns: Step = {
    who: 'you',
    action: `Measure both again in turns (${pair.reference}, ${pair.candidate}, ${pair.reference}, ${pair.candidate}), as close to each other as can be: what comes and goes with the hour is then seen as such.`,
  };
  const tentacleIsWorse =
    about === 'pong-and-tentacle' && moved.some(({ mark }) => (mark === 'slower' ? b : a).peerKind === 'tentacle');
  const look: Step = {
    who: 'tentacle-admin',
    action:
      "Look what the Tentacle's process was doing at that time: its log, its CPU, an antivirus that looks into it.",
  };
  return [
    ...(tentacleIsWorse ? [look] : []),
    ...(pair.conditions.some(({ kind }) => kind === 'time') ? [measureInTurns] : []),
  ];
}

function explainStep({ outcome }: OutcomeComparison): Step {
  const command = `tentacle-ping explain ${outcome}`;
  const title = catalogue.find(({ id }) => id === outcome)?.title ?? outcome;
  return { who: 'you', action: `Read what ${outcome} means (${title}).`, windows: command, linux: command };
}

function certaintyOf(causes: readonly string[], test: string): Certainty {
  if (causes.length === 0) return { kind: 'unknown' };
  return causes.length === 1 ? { kind: 'sure' } : { kind: 'one-of', causes, test };
}

function differencesOf({ pair: { conditions } }: Seen): string {
  return conditions.length === 0 ? 'nothing known' : [...new Set(conditions.map(({ kind }) => kind))].join(', ');
}

function couldHide(time: SeenTime): string {
  const us = hidden(time);
  return Number.isFinite(us)
    ? `in ${timeName(time)} one of up to ${span(us)}`
    : `in ${timeName(time)} one of any size, as ${time.referenceInflation > 1.5 || time.candidateInflation > 1.5 ? 'each time resembles those before it' : 'there are so few'}`;
}

/** The greatest difference that the interval leaves open. */
function hidden({ lowUs, highUs }: SeenTime): number {
  return Math.max(Math.abs(lowUs ?? Number.NEGATIVE_INFINITY), highUs ?? Number.POSITIVE_INFINITY);
}

function timeName({ stage, quantile }: SeenTime): string {
  return quantile === 0.5 ? `the median of ${stage}` : `the ${quantile * 100}th percentile of ${stage}`;
}

/** Two digits are enough for what is itself an estimate. */
function roundedUp(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.ceil(count / unit) * unit;
}

function span(us: number): string {
  return us >= 1_000_000 ? `${Number((us / 1_000_000).toPrecision(3))} s` : `${Number((us / 1000).toPrecision(3))} ms`;
}

function sentences(all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ');
}
