import { count } from 'tentacle-protocol/cli';
import { fragment, h, kindOfVerdict, markIcon, type PageResult, section, verdictBlock } from 'tentacle-protocol/html';
import type { EndsComparison } from '../compare/ends-comparison.js';
import { bothEndsSection } from './both-ends-section.js';
import type { PageContext } from './page-context.js';

/** The page of the record files of both ends, compared. */
export function endsPage({ target, otherEnd, failures, unreadable }: EndsComparison, context: PageContext): PageResult {
  const { sent, arrived, neverArrived } = otherEnd.attempts;
  const isWell = failures.length === 0 && neverArrived === 0;
  const kind = isWell ? 'good' : 'bad';
  const headline =
    neverArrived > 0
      ? `${neverArrived} of ${count(sent, 'attempt')} never arrived`
      : `${arrived} of ${count(sent, 'attempt')} arrived`;
  return {
    title: `${target.host}:${target.port}`,
    about: 'Records of both ends',
    kind,
    headline,
    lead: h('section', { class: `verdict ${kind}` }, h('h2', {}, markIcon(kind), h('span', {}, headline))),
    sections: [
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
    ],
  };
}
