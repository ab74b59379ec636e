import { catalogue, type Step } from 'tentacle-protocol';
import { causesOf, tellsApart } from './cause-words.js';
import type { ComparisonVerdict, OutcomeComparison } from './comparison.js';
import {
  couldHide,
  failureSentences,
  habitSentence,
  hidden,
  outcomeBound,
  sentences,
  sharedSentence,
  singleSentence,
  span,
  tailSentence,
  timeName,
  timeSentences,
  warningSentence,
} from './finding-words.js';
import type { Seen, SeenTime } from './seen.js';

export function differs(seen: Seen): ComparisonVerdict {
  const { pair, failing, moved } = seen;
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
      pair.conditions.length === 0 ? 'The reports know of nothing in which the two are unlike.' : '',
    ]),
    certainty: { kind: 'one-of', causes: causesOf(pair.conditions), test: tellsApart(pair.conditions) },
    next: [...failing.filter(({ outcome }) => outcome !== 'failed').map(explainStep), ...nextOf(seen, moved)].slice(
      0,
      4,
    ),
  };
}

export function bothShowIt(seen: Seen): ComparisonVerdict {
  const { about, shared } = seen;
  const isPong = about === 'pong-and-tentacle';
  return {
    id: 'both-show-it',
    title: isPong ? 'Both show it, the Tentacle and pong' : 'Both show it',
    means: sentences([
      sharedSentence(seen),
      'Nothing else differs by more than so many attempts can show.',
      habitSentence(seen),
      singleSentence(seen),
      warningSentence(seen),
    ]),
    certainty: {
      kind: 'one-of',
      causes: [
        isPong
          ? "what both share: the network between, this machine and its certificate, the Tentacle's host"
          : `what both share, and not what they differ in (${differencesOf(seen)})`,
        'two causes that look alike: a setting that is wrong on both sides, or nobody who listened',
      ],
      test: 'What the failure means, and how the connections ended that pong saw: one that never came to it was lost on the way.',
    },
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
      `No median that was compared differs by more than ${LEAST_WORDS}.`,
      tailSentence(seen),
      habitSentence(seen),
      outcomeBound(seen),
      singleSentence(seen),
      warningSentence(seen),
      about === 'pong-and-tentacle'
        ? 'So far as these stages go, it makes no difference whether pong or the Tentacle answers.'
        : pair.conditions.length === 0
          ? ''
          : `To these it makes no difference that the two are unlike in ${differencesOf(seen)}.`,
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

const LEAST_WORDS = '0.5 ms or a tenth, whichever is more';

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

function differencesOf({ pair: { conditions } }: Seen): string {
  return conditions.length === 0 ? 'nothing known' : [...new Set(conditions.map(({ kind }) => kind))].join(', ');
}

/** Two digits are enough for what is itself an estimate. */
function roundedUp(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.ceil(count / unit) * unit;
}
