import { count } from 'tentacle-protocol/cli';
import {
  bulletList,
  facts,
  fragment,
  h,
  markIcon,
  type PageResult,
  part,
  section,
  stepsList,
} from 'tentacle-protocol/html';
import type { Explanation, Match } from '../explain/explanation.js';
import type { PageContext } from './page-context.js';

/** The page of an explained log or message. */
export function explanationPage(explanation: Explanation, { glossary }: PageContext): PageResult {
  const { matches, lines, unknownLines, unknownExamples } = explanation;
  const messages = matches.reduce((sum, match) => sum + match.count, 0);
  const isKnown = matches.length > 0;
  const headline = isKnown
    ? `${count(messages, 'known message')} of ${count(matches.length, 'kind')}`
    : 'No known message was found';
  const kind = isKnown ? 'warning' : 'unknown';
  return {
    title: 'Explained log',
    about: `${count(lines, 'line')} read`,
    kind,
    headline,
    lead: h(
      'section',
      { class: `verdict ${kind}` },
      h('h2', {}, markIcon(kind), h('span', {}, headline)),
      bulletList(
        matches.map(({ id, text, count: times }) =>
          fragment(`${count(times, 'time')}: `, h('code', {}, id), ' ', text),
        ),
      ),
    ),
    sections: [
      ...matches.map((match, i) =>
        section({ id: `message-${i + 1}`, title: match.text.slice(0, 80) }, matchMarkup(match, glossary)),
      ),
      section(
        { id: 'unknown', title: 'Messages that are not known' },
        unknownLines === 0
          ? undefined
          : h(
              'p',
              {},
              `${count(unknownLines, 'message')} that may be an error ${unknownLines === 1 ? 'is' : 'are'} not known.`,
            ),
        bulletList(unknownExamples.map(({ line, text }) => fragment(`line ${line}: `, h('code', {}, text)))),
      ),
    ],
  };
}

function matchMarkup(match: Match, glossary: PageContext['glossary']): ReturnType<typeof fragment> {
  const { id, line, count: times, firstAt, lastAt, means, causes, next, seen, text } = match;
  return fragment(
    h('pre', {}, text),
    facts([
      ['id', h('code', {}, id)],
      ['first line', line === 0 ? undefined : line.toLocaleString('en-US')],
      ['times', times === 0 ? undefined : times.toLocaleString('en-US')],
      ['from', firstAt],
      ['to', lastAt],
      ['written by', match.loggedBy],
      ...Object.entries(seen).map(([name, values]) => [name, values.join(', ')] as const),
    ]),
    h('p', {}, means),
    part(
      'Possible causes',
      bulletList(
        causes.map((cause) =>
          fragment(cause.text, cause.failure === undefined ? '' : [' (', glossary.link(cause.failure), ')']),
        ),
      ),
    ),
    next.length === 0 ? undefined : part('Next steps', stepsList(next)),
  );
}
