import { count, formatDuration } from 'tentacle-protocol/cli';
import { catalogue, type Step } from 'tentacle-protocol/diagnostics';
import type { ComparisonVerdict, Condition, ConditionKind, OutcomeComparison } from './comparison.js';
import type { Findings, TimeFinding } from './findings.js';

/** The texts of every verdict of `tentacle-ping compare`. */

export function differs(findings: Findings): ComparisonVerdict {
  const { pair, significantOutcomes, significantTimes } = findings;
  const inBursts = significantOutcomes.some((outcome) => outcome.inStretches);
  const explained = significantOutcomes.filter(({ outcome }) => outcome !== 'failed').map(explainStep);
  return {
    id: 'differs',
    title: titleOf(findings),
    means: sentences([
      ...failureSentences(findings),
      ...timeSentences(findings),
      inBursts
        ? 'The failures occurred in a few bursts. They may be one outage that affected only one of the runs by chance.'
        : '',
      sharedSentence(findings),
      rareSentence(findings),
      warningSentence(findings),
      expectedSentence(findings),
      pair.conditions.length === 0 ? 'The reports show no difference in how or where the runs were measured.' : '',
    ]),
    certainty: { kind: 'ambiguous', causes: causesOf(pair.conditions), howToTell: howToTell(pair.conditions) },
    next: [...explained, ...nextSteps(findings, significantTimes)].slice(0, MAX_STEPS),
  };
}

export function bothShowIt(findings: Findings): ComparisonVerdict {
  const { about, sharedFailures } = findings;
  const isPong = about === 'pong-and-tentacle';
  return {
    id: 'both-show-it',
    title: isPong ? 'The Tentacle and pong have the same failures' : 'Both runs have the same failures',
    means: sentences([
      sharedSentence(findings),
      'This number of attempts shows no other difference.',
      expectedSentence(findings),
      rareSentence(findings),
      warningSentence(findings),
    ]),
    certainty: {
      kind: 'ambiguous',
      causes: [
        isPong
          ? "something both share: the network in between, this machine, its certificate, or the Tentacle's host"
          : `something both share, rather than a difference between them (${kindsOf(findings)})`,
        'two causes with the same effect: a setting that is wrong on both sides, or nothing listening on either port',
      ],
      howToTell:
        'Read what the failure means. Then check in the output of tentacle-pong how the connections ended: a connection that is not listed there was lost in the network.',
    },
    next: sharedFailures.map(explainStep).slice(0, 3),
  };
}

export function notShown(findings: Findings): ComparisonVerdict {
  const { a, b } = findings;
  // Medians show more than the tails, and need fewer attempts.
  const lowest = Math.min(...findings.inconclusiveTimes.map(({ quantile }) => quantile));
  const inconclusive = findings.inconclusiveTimes.filter(({ quantile }) => quantile === lowest);
  const [widest] = [...inconclusive].sort((x, y) => largestHiddenUs(y) - largestHiddenUs(x));
  const [hardest] = [...inconclusive].sort((x, y) => (y.samplesNeeded ?? 0) - (x.samplesNeeded ?? 0));
  const attempts = Math.min(a.attempts.ok + a.attempts.failed, b.attempts.ok + b.attempts.failed);
  const needed = hardest === undefined ? 0 : roundedUp(hardest.samplesNeeded ?? 0);
  return {
    id: 'not-shown',
    title: `Not enough data: ${count(attempts, 'attempt')} ${attempts === 1 ? 'shows' : 'show'} no difference`,
    means: sentences([
      widest === undefined ? '' : hiddenSentence(widest),
      hardest === undefined
        ? ''
        : `About ${needed} attempts per run are needed to detect a difference of ${formatDuration(2 * hardest.leastUs)} in ${timeName(hardest)}.`,
      expectedSentence(findings),
      outcomeSentence(findings),
      rareSentence(findings),
      warningSentence(findings),
    ]),
    certainty: { kind: 'unknown' },
    next: [
      needed > MAX_ATTEMPTS
        ? {
            who: 'you',
            action:
              'Measure both again when the network is less busy. The times vary too much for more attempts to help.',
          }
        : { who: 'you', action: `Measure both again, alternately, with --count ${needed}.` },
    ],
  };
}

export function theSame(findings: Findings): ComparisonVerdict {
  const { about, pair } = findings;
  const conclusion =
    about === 'pong-and-tentacle'
      ? 'For these stages, pong and the Tentacle behave alike.'
      : pair.conditions.length === 0
        ? ''
        : `These differences between the runs have no effect on the compared stages: ${kindsOf(findings)}.`;
  return {
    id: 'same',
    title: 'No relevant difference',
    means: sentences([
      `No compared median differs by more than ${SMALLEST_RELEVANT}.`,
      tailSentence(findings),
      expectedSentence(findings),
      outcomeSentence(findings),
      rareSentence(findings),
      warningSentence(findings),
      conclusion,
    ]),
    // The intervals of all compared medians are within the smallest relevant difference. It says nothing about other stages.
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

export function nothingInCommon({ pair }: Findings): ComparisonVerdict {
  const reasons = pair.notCompared.map(({ stage, why }) => `${stage}: ${why}.`);
  return {
    id: 'nothing-in-common',
    title: 'The runs have no stage in common to compare',
    means: sentences(reasons) || 'Neither report contains any times.',
    certainty: { kind: 'unknown' },
    next: [
      { who: 'you', action: 'Measure both again with the same options (--level, --reuse) and at least 5 attempts.' },
    ],
  };
}

const SMALLEST_RELEVANT = '0.5 ms or 10 %, whichever is more';

const MAX_STEPS = 4;

/** A day at the default interval. A longer run is not realistic. */
const MAX_ATTEMPTS = 172_800;

function titleOf({ a, b, pair, significantOutcomes, significantTimes, about }: Findings): string {
  const isWorse = (mark: string): boolean => mark === 'more' || mark === 'slower';
  const worse = [...significantOutcomes, ...significantTimes].map(({ mark }) => isWorse(mark));
  const predicate = significantOutcomes.length > 0 ? 'fails more often' : 'is slower';
  if (worse.some((one) => one !== worse[0])) {
    return `${pair.reference} and ${pair.candidate} each have a disadvantage`;
  }
  const isCandidate = worse[0] === true;
  const [bad, good] = isCandidate ? [b, a] : [a, b];
  if (about === 'pong-and-tentacle') {
    const [name, other] = bad.peerKind === 'tentacle' ? ['the Tentacle', 'pong'] : ['pong', 'the Tentacle'];
    return good.attempts.failed === 0 && significantOutcomes.length > 0
      ? `Only ${name} fails; ${other} on the same host does not`
      : `${name === 'pong' ? 'Pong' : 'The Tentacle'} ${predicate} than ${other} on the same host`;
  }
  return isCandidate
    ? `${pair.candidate} ${predicate} than ${pair.reference}`
    : `${pair.reference} ${predicate} than ${pair.candidate}`;
}

function nextSteps({ a, b, about, pair }: Findings, times: readonly TimeFinding[]): Step[] {
  const measureInTurns: Step = {
    who: 'you',
    action: `Measure both again alternately (${pair.reference}, ${pair.candidate}, ${pair.reference}, ${pair.candidate}), with little time in between. A change over time then affects both.`,
  };
  const isTentacleSlower =
    about === 'pong-and-tentacle' && times.some(({ mark }) => (mark === 'slower' ? b : a).peerKind === 'tentacle');
  const checkTentacle: Step = {
    who: 'tentacle-admin',
    action: 'Check the Tentacle process at that time: its log, its CPU usage, and antivirus software that scans it.',
  };
  return [
    ...(isTentacleSlower ? [checkTentacle] : []),
    ...(pair.conditions.some(({ kind }) => kind === 'time') ? [measureInTurns] : []),
  ];
}

function explainStep({ outcome }: OutcomeComparison): Step {
  const command = `tentacle-ping explain ${outcome}`;
  const title = catalogue.find(({ id }) => id === outcome)?.title ?? outcome;
  return { who: 'you', action: `Read what ${outcome} means (${title}).`, windows: command, linux: command };
}

function kindsOf({ pair: { conditions } }: Findings): string {
  return conditions.length === 0 ? 'none known' : [...new Set(conditions.map(({ kind }) => kind))].join(', ');
}

/** Rounded up to two digits, which are enough for an estimate. */
function roundedUp(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.ceil(count / unit) * unit;
}

/** How each difference between the runs may affect the results. */
const CAUSES: Readonly<Record<ConditionKind, (condition: Condition) => string>> = {
  peer: ({ reference, candidate }) => `the peer: ${reference} / ${candidate}`,
  host: ({ reference, candidate }) => `the host: ${reference} / ${candidate}`,
  name: ({ reference, candidate }) => `the name: ${reference} / ${candidate}; a device may route or filter by it`,
  address: ({ reference, candidate }) => `the address: ${reference} / ${candidate}`,
  port: ({ reference, candidate }) => `the port: ${reference} / ${candidate}; a firewall may treat them differently`,
  proxy: ({ reference, candidate }) => `the proxy: ${reference} / ${candidate}`,
  certificate: () => 'the certificate: it was renewed, the host is a different one, or a device terminates TLS',
  plan: ({ reference, candidate }) => `the options: ${reference} / ${candidate}`,
  time: ({ reference, candidate }) => `the time: a change in the ${timeBetween(reference, candidate)} between the runs`,
};

/** The possible causes of a difference. The last one is always possible. */
function causesOf(conditions: readonly Condition[]): string[] {
  return [...conditions.map((condition) => CAUSES[condition.kind](condition)), NOT_IN_REPORTS];
}

const NOT_IN_REPORTS =
  'something that reports do not contain, such as the load of either machine or the route of the packets';

function howToTell(conditions: readonly Condition[]): string {
  const kinds = conditions.map(({ kind }) => kind);
  return sentences([
    'Measure again with only one of these changed at a time.',
    kinds.includes('time') ? 'Measure alternately (A, B, A, B): a change over time then affects both.' : '',
    kinds.includes('peer') && kinds.includes('port')
      ? 'Stop the Tentacle and run tentacle-pong on its port, so that the port is the same.'
      : '',
  ]);
}

function timeBetween(from: string, to: string): string {
  const minutes = Math.abs(Date.parse(to) - Date.parse(from)) / 60_000;
  if (minutes < 2) return `${Math.max(1, Math.round(minutes * 60))} s`;
  if (minutes < 100) return `${Math.round(minutes)} min`;
  return minutes < 60 * 48 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} days`;
}

function failureSentences({ pair, significantOutcomes }: Findings): string[] {
  // An id is more specific than all failures together.
  const ids = significantOutcomes.filter(({ outcome }) => outcome !== 'failed');
  return (ids.length > 0 ? ids : significantOutcomes).map(
    ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
      `${outcome}: ${pair.candidate} ${candidate} of ${candidateOf}, ${pair.reference} ${reference} of ${referenceOf}.`,
  );
}

/** The medians that differ, and for other stages the first percentile that differs. */
function timeSentences({ pair, significantTimes }: Findings): string[] {
  const first = significantTimes.filter(
    ({ stage }, i) => significantTimes.findIndex((other) => other.stage === stage) === i,
  );
  // The time since the schedule repeats the total, where both differ.
  const named = first.filter(({ stage }) => stage !== 'sinceScheduled' || first.length === 1);
  return (['slower', 'faster'] as const).flatMap((mark) => {
    const parts = named
      .filter((time) => time.mark === mark)
      .map((time) => `${timeName(time)} by ${differenceText(time, mark === 'slower' ? 1 : -1)}`);
    return parts.length === 0 ? [] : [`${pair.candidate} is ${mark}: ${parts.join(', ')}.`];
  });
}

function differenceText({ lowUs, highUs }: TimeFinding, sign: number): string {
  const [low, high] = sign > 0 ? [lowUs, highUs] : [negated(highUs), negated(lowUs)];
  return high === undefined
    ? `at least ${formatDuration(low ?? 0)}`
    : `${formatDuration(low ?? 0)} to ${formatDuration(high)}`;
}

function negated(us: number | undefined): number | undefined {
  return us === undefined ? undefined : -us;
}

function sharedSentence({ sharedFailures, pair }: Findings): string {
  return sentences(
    sharedFailures.map(
      ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
        `Both have ${outcome}: ${pair.reference} ${reference} of ${referenceOf}, ${pair.candidate} ${candidate} of ${candidateOf}.`,
    ),
  );
}

function rareSentence({ rareFailures, pair }: Findings): string {
  return sentences(
    rareFailures.map(({ outcome, reference, referenceOf, candidate, candidateOf }) => {
      const [name, count, of] =
        candidate > 0 ? [pair.candidate, candidate, candidateOf] : [pair.reference, reference, referenceOf];
      return `Only ${name} has ${outcome} (${count} of ${of}), which may be chance.`;
    }),
  );
}

/** The warnings in the reports, which no test here covers: packet loss, for example, delays a few of many attempts. */
function warningSentence({ a, b, pair }: Findings): string {
  const only = (name: string, own: readonly string[], other: readonly string[]): string => {
    const ids = own.filter((id) => !other.includes(id));
    return ids.length === 0 ? '' : `Only report ${name} has the warning ${ids.join(', ')}.`;
  };
  return sentences([only(pair.reference, a.warnings, b.warnings), only(pair.candidate, b.warnings, a.warnings)]);
}

/** Whether the slowest attempts were compared. */
function tailSentence({ pair: { stages } }: Findings): string {
  return stages.some(({ quantiles }) => quantiles.length > 1)
    ? 'The higher percentiles do not differ by more than that either.'
    : 'The slowest attempts were not compared, because that requires 200 attempts per run.';
}

function outcomeSentence({ pair: { outcomes } }: Findings): string {
  const [all] = outcomes;
  if (all === undefined) return '';
  const share = Math.max(Math.abs(all.lowShare), Math.abs(all.highShare));
  return `Failure rates differ by at most ${Math.ceil(share * 1000) / 10} percentage points.`;
}

/** So that it is not investigated in the network (docs/measuring.md). */
function expectedSentence({ expectedDifferences }: Findings): string {
  const [identity] = expectedDifferences;
  if (identity === undefined) return '';
  const delay = formatDuration(Math.abs(identity.differenceUs));
  return `The Tentacle's identity arrives ${delay} later than pong's. That is normal for a Tentacle and not caused by the network, so it is not counted as a difference.`;
}

function hiddenSentence(time: TimeFinding): string {
  const us = largestHiddenUs(time);
  if (Number.isFinite(us)) return `A difference of up to ${formatDuration(us)} in ${timeName(time)} is possible.`;
  const reason =
    time.referenceInflation > 1.5 || time.candidateInflation > 1.5
      ? 'consecutive times resemble each other'
      : 'too few times were measured';
  return `A difference of any size in ${timeName(time)} is possible, because ${reason}.`;
}

/** The largest difference that the interval does not exclude. */
function largestHiddenUs({ lowUs, highUs }: TimeFinding): number {
  return Math.max(Math.abs(lowUs ?? Number.NEGATIVE_INFINITY), highUs ?? Number.POSITIVE_INFINITY);
}

function timeName({ stage, quantile }: TimeFinding): string {
  return quantile === 0.5 ? `the median of ${stage}` : `the ${quantile * 100}th percentile of ${stage}`;
}

function sentences(all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ');
}
