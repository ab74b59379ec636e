import type { Seen, SeenTime } from './seen.js';

export function failureSentences({ pair, failing }: Seen): string[] {
  // An id says more than all failures as one.
  const ids = failing.filter(({ outcome }) => outcome !== 'failed');
  return (ids.length > 0 ? ids : failing).map(
    ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
      `${outcome}: ${pair.candidate} ${candidate} of ${candidateOf}, ${pair.reference} ${reference} of ${referenceOf}.`,
  );
}

/** The medians that differ, and of stages whose median does not the first percentile that does. */
export function timeSentences({ pair, moved }: Seen): string[] {
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

export function sharedSentence({ shared, pair }: Seen): string {
  return shared
    .map(
      ({ outcome, reference, referenceOf, candidate, candidateOf }) =>
        `Both have ${outcome}: ${pair.reference} ${reference} of ${referenceOf}, ${pair.candidate} ${candidate} of ${candidateOf}.`,
    )
    .join(' ');
}

export function singleSentence({ single, pair }: Seen): string {
  return single
    .map(({ outcome, reference, referenceOf, candidate, candidateOf }) => {
      const [name, count, of] =
        candidate > 0 ? [pair.candidate, candidate, candidateOf] : [pair.reference, reference, referenceOf];
      return `Only ${name} has ${outcome} (${count} of ${of}), which may be chance.`;
    })
    .join(' ');
}

/** What the reports say of themselves, and no test here looks at: loss, for one, is a few late times of many. */
export function warningSentence({ a, b, pair }: Seen): string {
  const only = (name: string, own: readonly string[], other: readonly string[]): string => {
    const ids = own.filter((id) => !other.includes(id));
    return ids.length === 0 ? '' : `Only the report ${name} warns of ${ids.join(', ')}.`;
  };
  return sentences([only(pair.reference, a.warnings, b.warnings), only(pair.candidate, b.warnings, a.warnings)]);
}

/** Whether the late ones were looked at. */
export function tailSentence({ pair: { stages } }: Seen): string {
  return stages.some(({ quantiles }) => quantiles.length > 1)
    ? 'Nor do the percentiles beyond it.'
    : 'Of the slowest ones nothing is said: that takes 200 attempts on each side.';
}

export function outcomeBound({ pair: { outcomes } }: Seen): string {
  const [all] = outcomes;
  if (all === undefined) return '';
  const share = Math.max(Math.abs(all.lowShare), Math.abs(all.highShare));
  return `Shares of failures that differ by more than ${Math.ceil(share * 1000) / 10} in 100 would have shown.`;
}

/** So that nobody looks for it in the network (docs/measuring.md). */
export function habitSentence({ habit }: Seen): string {
  const [identity] = habit;
  return identity === undefined
    ? ''
    : `That the Tentacle's identity comes ${span(Math.abs(identity.differenceUs))} later than pong's is its own habit and no fault of the network, so it is not counted.`;
}

export function couldHide(time: SeenTime): string {
  const us = hidden(time);
  return Number.isFinite(us)
    ? `in ${timeName(time)} one of up to ${span(us)}`
    : `in ${timeName(time)} one of any size, as ${time.referenceInflation > 1.5 || time.candidateInflation > 1.5 ? 'each time resembles those before it' : 'there are so few'}`;
}

/** The greatest difference that the interval leaves open. */
export function hidden({ lowUs, highUs }: SeenTime): number {
  return Math.max(Math.abs(lowUs ?? Number.NEGATIVE_INFINITY), highUs ?? Number.POSITIVE_INFINITY);
}

export function timeName({ stage, quantile }: SeenTime): string {
  return quantile === 0.5 ? `the median of ${stage}` : `the ${quantile * 100}th percentile of ${stage}`;
}

export function span(us: number): string {
  return us >= 1_000_000 ? `${Number((us / 1_000_000).toPrecision(3))} s` : `${Number((us / 1000).toPrecision(3))} ms`;
}

export function sentences(all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ');
}
