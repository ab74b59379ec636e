import { posix, win32 } from 'node:path';
import { count, type MarkKind } from 'tentacle-protocol/cli';
import { capitalize, knownMessage, type Step } from 'tentacle-protocol/diagnostics';
import {
  bulletList,
  type Child,
  facts,
  figures,
  folded,
  fragment,
  h,
  type Markup,
  type PageResult,
  part,
  type Section,
  section,
  type ShownVerdict,
  stepsList,
  table,
  verdictBlock,
} from 'tentacle-protocol/html';
import type { Explanation, Match } from '../explain/explanation.js';
import { logHead } from '../explain/log-head.js';
import { FIELD_LABELS, HOW_TO_TELL, loggedByText, timeSpan, whereFound } from '../output/explanation-parts.js';
import type { PageContext } from './page-context.js';

/** The page of an explained log, message or id: what to begin with and who does what, then every known message. */
export function explanationPage(explanation: Explanation, { glossary }: PageContext): PageResult {
  const { matches, lines, unknownLines } = explanation;
  const [first, ...others] = matches;
  const kind = kindOf(explanation);
  const verdict = first === undefined ? unknownVerdict(explanation) : knownVerdict(matches, first);
  return {
    title: titleOf(explanation),
    about: aboutText(explanation),
    kind,
    headline: verdict.title,
    lead: fragment(
      verdictBlock({
        verdict,
        glossary,
        kind,
        more: first && leadOf(first, glossary),
      }),
      lines === 0
        ? undefined
        : figures([
            ['Lines read', lines.toLocaleString('en-US')],
            ['Known messages', occurrences(matches).toLocaleString('en-US')],
            ['Kinds', matches.length.toLocaleString('en-US')],
            ['Not known', unknownLines.toLocaleString('en-US')],
          ]),
    ),
    sections: [
      others.length === 0 ? undefined : overviewSection(matches),
      ...matches.map((match, i) => messageSection(match, i, glossary)),
      unknownSection(explanation),
    ],
  };
}

function kindOf({ matches: [first], unknownLines }: Explanation): MarkKind {
  if (first === undefined) return unknownLines === 0 ? 'good' : 'unknown';
  // An id that was looked up happened nowhere.
  if (first.count === 0) return 'none';
  return isUsual(first) ? 'none' : 'bad';
}

/** Whether a log of a working installation has the message too. */
function isUsual({ id }: Match): boolean {
  return knownMessage(id)?.isUsual === true;
}

function titleOf({ file, lines, matches: [first] }: Explanation): string {
  // Logs of Windows are explained on Linux too.
  if (file !== undefined) return posix.basename(win32.basename(file));
  return lines === 0 && first !== undefined ? first.id : 'Log or message';
}

function aboutText({ lines, cutLines, stopped }: Explanation): string {
  if (lines === 0) return 'Explanation of an id, with the names and numbers of an example';
  return [
    'Explained log or message',
    `${count(lines, 'line')} read`,
    ...(cutLines === 0 ? [] : [`of ${count(cutLines, 'very long line')} only the beginning`]),
    ...(stopped ? ['stopped before the end'] : []),
  ].join(', ');
}

function occurrences(matches: readonly Match[]): number {
  return matches.reduce((sum, match) => sum + match.count, 0);
}

function knownVerdict(matches: readonly Match[], { id, text, count: times, next }: Match): ShownVerdict {
  const found = count(occurrences(matches), 'known message');
  const kinds = matches.length === 1 ? '' : ` of ${count(matches.length, 'kind')}`;
  if (times === 0) return { id, title: text, next };
  const [first] = matches;
  if (first !== undefined && isUsual(first))
    return { id, title: `${found}${kinds}: a working installation logs ${times === 1 ? 'this' : 'these'} too`, next };
  return { id, title: matches.length === 1 ? `${found}: ${id}` : `${found}${kinds}. Begin with ${id}`, next };
}

const ADVICE: readonly Step[] = [
  { who: 'you', action: 'Run explain on the whole message with its stack trace, or on the whole log.' },
  {
    who: 'you',
    action: 'Test the connection itself.',
    windows: 'tentacle-ping diagnose HOST:PORT',
    linux: 'tentacle-ping diagnose HOST:PORT',
  },
];

function unknownVerdict({ unknownLines }: Explanation): ShownVerdict {
  return {
    id: 'unknown',
    title: 'No known messages were found',
    means:
      unknownLines === 0
        ? 'No line looks like an error.'
        : `${count(unknownLines, 'message')} may be ${unknownLines === 1 ? 'an error' : 'errors'}, but ${unknownLines === 1 ? 'is' : 'are'} not known.`,
    next: ADVICE,
  };
}

function overviewSection(matches: readonly Match[]): Section | undefined {
  return section(
    { id: 'messages', title: 'Known messages' },
    table({
      caption: 'The most important first. Times are as the log writes them.',
      columns: [
        { name: 'message' },
        { name: 'times', kind: 'number' },
        { name: 'first line', kind: 'number' },
        { name: 'when', kind: 'nowrap' },
      ],
      rows: matches.map(({ id, text, count: times, line, firstAt, lastAt }, i) => [
        fragment(
          h('a', { href: `#message-${i + 1}` }, h('code', {}, id)),
          h('div', { class: 'muted' }, shortText(text)),
        ),
        times.toLocaleString('en-US'),
        line.toLocaleString('en-US'),
        firstAt === undefined ? undefined : timeSpan(firstAt, lastAt ?? firstAt),
      ]),
    }),
  );
}

/** Enough of a message to recognize it in a row of a table. */
const SHORT_CHARS = 100;

/** The message of a line of a log, without date, time and level. */
function shortText(text: string): string {
  const { message } = logHead(text);
  const [line = ''] = (message === '' ? text : message).split('\n');
  return line.length <= SHORT_CHARS ? line : `${line.slice(0, SHORT_CHARS)}...`;
}

/** In the verdict: the message to begin with, its meaning and its causes. The title has the text of an id. */
function leadOf(match: Match, glossary: PageContext['glossary']): Child {
  const { count: times, text, means } = match;
  return [
    times === 0 ? undefined : [h('pre', {}, text), h('p', { class: 'note' }, whereFound(match))],
    h('p', {}, means),
    causesOf(match, glossary),
  ];
}

/** One message. Everything else about the first one is in the verdict. */
function messageSection(match: Match, i: number, glossary: PageContext['glossary']): Section | undefined {
  const { id, means, next, seen, text } = match;
  const found = Object.entries(seen) as [keyof Match['seen'], readonly string[]][];
  const named = facts([
    ['written by', loggedByText(match)],
    ...found.map(([name, values]) => [FIELD_LABELS[name], values.join(', ')] as const),
  ]);
  const options = { id: `message-${i + 1}`, title: id };
  if (i === 0) return section(options, named);
  return section(
    options,
    h('pre', {}, text),
    h('p', { class: 'note' }, whereFound(match)),
    named,
    h('p', {}, means),
    causesOf(match, glossary),
    folded('Next steps', stepsList(next)),
  );
}

function causesOf(match: Match, glossary: PageContext['glossary']): Markup {
  const { id, causes, tells: decidedBy } = match;
  const [failure, ...others] = new Set(causes.map((cause) => cause.failure));
  const isSame = others.length === 0;
  const items = causes.map(
    ({ text, failure: own }): Child => [
      /^[a-z]+(?=[ ,':])/.test(text) ? capitalize(text) : text,
      own === undefined || isSame ? undefined : [' (', glossary.link(own), ')'],
    ],
  );
  return fragment(
    part(causes.length === 1 ? 'Cause' : 'Possible causes', bulletList(items)),
    decidedBy === undefined || causes.length < 2 ? undefined : h('p', {}, HOW_TO_TELL[decidedBy]),
    !isSame || failure === undefined || failure === id
      ? undefined
      : h('p', {}, 'tentacle-ping reports it as ', glossary.link(failure), '.'),
  );
}

/** Messages that look like errors and are not known; of a pasted text, all that are not known. */
function unknownSection({ unknownLines, unknownExamples }: Explanation): Section | undefined {
  const isSome = unknownExamples.length > 0 && unknownExamples.length < unknownLines;
  return section(
    { id: 'unknown', title: 'Messages that are not known' },
    isSome ? h('p', {}, `The first ${unknownExamples.length} of ${unknownLines.toLocaleString('en-US')}:`) : undefined,
    unknownExamples.map(({ line, text }) => [
      h('p', { class: 'label' }, `Line ${line.toLocaleString('en-US')}`),
      h('pre', {}, text),
    ]),
  );
}
