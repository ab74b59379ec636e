import { type MarkKind, ms } from 'tentacle-protocol/cli';
import {
  type Child,
  fragment,
  h,
  legend,
  markIcon,
  type Markup,
  momentText,
  overlayChart,
  type PageResult,
  part,
  section,
  table,
  verdictBlock,
} from 'tentacle-protocol/html';
import type {
  Comparison,
  OutcomeComparison,
  Pair,
  QuantileComparison,
  StageComparison,
} from '../compare/comparison.js';
import { verdictKind } from '../output/comparison-verdict-kind.js';
import type { PageContext } from './page-context.js';

/** The page of a comparison: for each pair the verdict, both distributions over one axis, and the numbers. */
export function comparisonPage(comparison: Comparison, context: PageContext): PageResult {
  const { sides, pairs } = comparison;
  const [first] = pairs;
  const worst = pairs.find(({ verdict }) => verdict.id === 'differs') ?? first;
  return {
    title: sides.map(({ name, target }) => `${name}: ${target.host}:${target.port}`).join(', '),
    about: `Comparison of ${sides.length} runs`,
    kind: worst === undefined ? 'unknown' : verdictKind(worst.verdict.id),
    headline: worst?.verdict.title ?? 'Nothing was compared',
    lead: pairs.map((pair) => pairLead(pair, context, pairs.length > 1)),
    sections: [
      section({ id: 'runs', title: 'Runs' }, sidesTable(comparison)),
      ...pairs.map((pair) =>
        section(
          { id: `pair-${pair.candidate.toLowerCase()}`, title: `${pair.reference} and ${pair.candidate}` },
          pairDetails(pair, comparison, context),
        ),
      ),
    ],
  };
}

function pairLead(pair: Pair, { glossary }: PageContext, isNamed: boolean): Markup {
  const { verdict, reference, candidate } = pair;
  const shown = isNamed ? { ...verdict, title: `${reference} and ${candidate}: ${verdict.title}` } : verdict;
  return verdictBlock({ verdict: shown, glossary, kind: verdictKind(verdict.id) });
}

function sidesTable({ sides }: Comparison): Markup {
  return table({
    caption: 'The first is the reference',
    columns: [
      { name: 'run' },
      { name: 'file' },
      { name: 'target' },
      { name: 'address' },
      { name: 'proxy' },
      { name: 'peer' },
      { name: 'started' },
      { name: 'ok', kind: 'number' },
      { name: 'failed', kind: 'number' },
    ],
    rows: sides.map(({ name, file, target, address = '', proxy = '', peerKind, startedAt, attempts }) => [
      name,
      file,
      `${target.host}:${target.port}`,
      address,
      proxy,
      peerKind,
      momentText(startedAt),
      attempts.ok.toLocaleString('en-US'),
      attempts.failed.toLocaleString('en-US'),
    ]),
  });
}

/** The distributions, quantiles and outcomes of a pair. */
export function pairDetails(pair: Pair, { falseAlarms, least }: Comparison, { glossary }: PageContext): Markup {
  const { reference, candidate, conditions, stages, outcomes } = pair;
  const hasFailures = outcomes.some((one) => one.reference + one.candidate > 0);
  return fragment(
    part(
      'What differs between the runs',
      table({
        caption: 'Conditions',
        columns: [{ name: 'what' }, { name: reference }, { name: candidate }],
        rows: conditions.map((one) => [one.kind === 'plan' ? 'options' : one.kind, one.reference, one.candidate]),
      }),
    ),
    stages.length === 0
      ? undefined
      : part(
          'Distributions',
          legend([
            ['series-1', reference],
            ['series-2', candidate],
          ]),
          h(
            'div',
            { class: 'small-charts' },
            stages.map((stage) => overlayOf(stage)),
          ),
        ),
    part(
      'Times',
      table({
        caption: `In ms. All intervals together have ${100 - falseAlarms * 100} % confidence. A difference is relevant if it is more than ${least.us / 1000} ms and more than ${least.share * 100} % of ${reference}.`,
        columns: [
          { name: 'stage' },
          { name: 'quantile' },
          ...[reference, candidate, `${candidate} - ${reference}`].map((name) => ({ name, kind: 'number' as const })),
          { name: 'interval', kind: 'nowrap' },
          { name: 'result' },
        ],
        rows: stages.flatMap(quantileRows),
      }),
    ),
    notComparedNotes(pair),
    hasFailures ? part('Outcomes', outcomesTable(pair, glossary)) : undefined,
  );
}

/** The stages that were not compared, by the reason. */
function notComparedNotes({ notCompared }: Pair): Markup[] {
  const reasons = [...new Set(notCompared.map(({ why }) => why))];
  return reasons.map((reason) => {
    const stages = notCompared.filter(({ why }) => why === reason).map(({ stage }) => stage);
    return h('p', { class: 'note' }, `Not compared: ${stages.join(', ')} (${reason})`);
  });
}

function overlayOf({ stage, steps, longerShare }: StageComparison): Markup {
  return h(
    'div',
    {},
    h('h3', {}, stage, ' ', h('span', { class: 'note' }, `longer in ${Math.round(longerShare * 100)} % of pairs`)),
    overlayChart({
      name: stage,
      steps: steps.map(({ upToUs, reference, candidate }) => ({ upToUs, first: reference, second: candidate })),
    }),
  );
}

function quantileRows({ stage, quantiles }: StageComparison): Child[][] {
  return quantiles.map((q) => [
    stage,
    `p${Math.round(q.quantile * 100)}`,
    ms(q.referenceUs),
    ms(q.candidateUs),
    signed(q.differenceUs),
    `${q.lowUs === undefined ? '?' : signed(q.lowUs)} to ${q.highUs === undefined ? '?' : signed(q.highUs)}`,
    resultOf(q),
  ]);
}

function resultOf({ mark }: QuantileComparison): Child {
  const kind: MarkKind = mark === 'same' ? 'good' : mark === 'unknown' ? 'unknown' : 'warning';
  return fragment(markIcon(kind), ' ', mark);
}

function outcomesTable({ outcomes, reference, candidate }: Pair, glossary: PageContext['glossary']): Markup {
  return table({
    caption: 'Failed attempts; the difference in percentage points',
    columns: [
      { name: 'outcome' },
      { name: reference, kind: 'number' },
      { name: candidate, kind: 'number' },
      { name: 'difference', kind: 'number' },
      { name: 'p', kind: 'number' },
      { name: 'result' },
    ],
    rows: outcomes.map((one) => [
      one.outcome.includes('.') ? glossary.link(one.outcome) : one.outcome,
      `${one.reference} of ${one.referenceOf}`,
      `${one.candidate} of ${one.candidateOf}`,
      points(one),
      one.p < 0.0001 ? '<0.0001' : one.p.toFixed(4),
      one.mark,
    ]),
  });
}

function points({ lowShare, highShare }: OutcomeComparison): string {
  const text = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)}`;
  return `${text(lowShare)} to ${text(highShare)}`;
}

function signed(us: number): string {
  return us < 0 ? `-${ms(-us)}` : `+${ms(us)}`;
}
