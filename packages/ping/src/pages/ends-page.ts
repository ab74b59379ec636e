import { kindOfVerdict, count, ms } from 'tentacle-protocol/cli';
import {
  type Child,
  fragment,
  h,
  legend,
  type Markup,
  overlayChart,
  type PageResult,
  section,
  table,
  verdictBlock,
} from 'tentacle-protocol/html';
import type { EndsComparison, EndsError, EndsStage, EndsTotals } from '../compare/ends-comparison.js';
import { verdictKind } from '../output/comparison-verdict-kind.js';
import { bothEndsSection } from './both-ends-section.js';
import type { PageContext } from './page-context.js';

/** The page of both ends of one run: their times and errors beside each other; with records, what became of each attempt. */
export function endsPage(ends: EndsComparison | EndsTotals, context: PageContext): PageResult {
  const { target, verdict, stages, errors } = ends;
  const kind = verdictKind(verdict.id);
  return {
    title: `${target.host}:${target.port}`,
    about: 'otherEnd' in ends ? 'Records of both ends' : 'Results of both ends',
    kind,
    headline: verdict.title,
    lead: verdictBlock({ verdict, glossary: context.glossary, kind }),
    sections: [
      section({ id: 'times', title: 'Times of both ends' }, timesOf(stages)),
      section({ id: 'errors', title: 'Errors of both ends' }, errorsTable(errors, context)),
      ...('otherEnd' in ends ? recordSections(ends, context) : []),
    ],
  };
}

function timesOf(stages: readonly EndsStage[]): Markup {
  if (stages.length === 0) return fragment();
  return fragment(
    legend([
      ['series-1', 'tentacle-ping'],
      ['series-2', 'tentacle-pong'],
    ]),
    h(
      'div',
      { class: 'small-charts' },
      stages.map(({ stage, steps }) =>
        h(
          'div',
          {},
          h('h3', {}, stage),
          overlayChart({
            name: stage,
            steps: steps.map(({ upToUs, reference, candidate }) => ({ upToUs, first: reference, second: candidate })),
          }),
        ),
      ),
    ),
    table({
      caption: 'Times in ms',
      columns: [
        { name: 'stage' },
        { name: 'quantile' },
        ...['ping', 'pong', 'network (median)'].map((name) => ({ name, kind: 'number' as const })),
      ],
      rows: stages.flatMap(({ stage, quantiles, networkUs }) =>
        quantiles.map(({ quantile, hereUs, thereUs }): readonly Child[] => [
          stage,
          `p${Math.round(quantile * 100)}`,
          ms(hereUs),
          ms(thereUs),
          quantile === MEDIAN && networkUs !== undefined ? ms(networkUs) : '',
        ]),
      ),
    }),
  );
}

const MEDIAN = 0.5;

function errorsTable(errors: readonly EndsError[], { glossary }: PageContext): Markup {
  return table({
    caption: 'What tentacle-ping reports, and how those connections ended at tentacle-pong',
    columns: [{ name: 'failure' }, { name: 'attempts', kind: 'number' }, { name: 'there' }],
    rows: errors.map((error): readonly Child[] => [
      error.id === undefined ? 'none here' : glossary.link(error.id),
      error.count.toLocaleString('en-US'),
      error.there.map(({ ending = 'still open', count: times }) => `${ending} ${times}`).join(', '),
    ]),
  });
}

function recordSections({ otherEnd, failures, unreadable }: EndsComparison, context: PageContext) {
  return [
    bothEndsSection(otherEnd, context),
    section(
      { id: 'failures', title: 'Failures, as both ends saw them' },
      failures.map(({ id, title, says, certainty }) =>
        verdictBlock({
          verdict: { id, title, means: says, certainty, next: [] },
          glossary: context.glossary,
          kind: kindOfVerdict(id),
        }),
      ),
    ),
    unreadable === 0
      ? undefined
      : section(
          { id: 'unreadable', title: 'Lines that could not be read' },
          fragment(h('p', {}, `${count(unreadable, 'line')} of the file of tentacle-pong could not be read.`)),
        ),
  ];
}
