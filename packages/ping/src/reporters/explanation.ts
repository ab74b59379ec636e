import { describeFailure, type FailureId, type Row, stepsText, toAscii, WIDTH, wrap } from 'tentacle-protocol';
import type { Explanation, Match, MatchCause } from '../explain/explanation.js';

const TELLS: Readonly<Record<NonNullable<Match['tells']>, string>> = {
  network: 'The network alone can tell which: ping the real peer, or a tentacle-pong in its place.',
  host: 'Only a look at the host itself can tell.',
  both: 'Both ends together can tell: compare the logs, or ping a tentacle-pong.',
};

const SEEN_NAMES: Readonly<Record<keyof Match['seen'], string>> = {
  host: 'host',
  port: 'port',
  client: 'client',
  thumbprint: 'thumbprint',
  expectedThumbprint: 'expected thumbprint',
  presentedThumbprint: 'presented thumbprint',
  subject: 'subject',
  proxyHost: 'proxy',
  proxyPort: "proxy's port",
  subscription: 'subscription',
  detail: 'detail',
};

/** Everything found in a text, the most frequent first. ASCII, 80 columns; commands stand whole on a line. */
export function explanationText(explanation: Explanation, name: string): string {
  const { matches, lines, cutLines, stopped } = explanation;
  const messages = matches.reduce((sum, { count }) => sum + count, 0);
  const found =
    matches.length === 0
      ? 'nothing known found'
      : `${plural(messages, 'known message')} found, of ${plural(matches.length, 'kind')}`;
  const notes = [
    ...(stopped ? ['Stopped before the end; this is what was found so far.'] : []),
    ...(cutLines === 0 ? [] : [`Of ${plural(cutLines, 'very long line')} only the beginning was looked at.`]),
  ];
  return [
    paragraph(`${toAscii(name)}: ${plural(lines, 'line')} read, ${found}.`, ''),
    ...notes.map((note) => paragraph(note, '')),
    ...matches.map((match, i) => `\n${foundText(match, i + 1)}${matchText(match)}`),
    unknownText(explanation),
  ].join('');
}

/** A pasted message: what it says, without counts. */
export function messageText(explanation: Explanation): string {
  const { matches } = explanation;
  if (matches.length === 0) return unknownText(explanation).trimStart();
  return `${matches.map((match) => `${match.id}\n${matchText(match)}`).join('\n')}${unknownText(explanation)}`;
}

/** A row of the known messages, by its id. */
export function logLineText(match: Match): string {
  return `${match.id}\n${paragraph(`Says: ${toAscii(match.text)}`, '   ')}${matchText(match)}`;
}

/** A row of the failures, by its id; where it speaks of a case, of its example. */
export function failureText({ id, example, octopusSays }: Row<FailureId>): string {
  const { title, means, certainty, next } = describeFailure(id, example);
  const says = octopusSays.map((text) => wrap(toAscii(text), '     - ', '       ', WIDTH));
  const causes = certainty.kind === 'one-of' ? certainty.causes.map((text) => ({ text })) : [];
  return [
    `${id}\n${paragraph(`${title}.`, '   ')}`,
    paragraph(`For example: ${toAscii(means)}`, '   '),
    causesText(causes),
    certainty.kind === 'one-of' ? paragraph(`What tells them apart: ${certainty.test}`, '   ') : '',
    stepsText(next, '   '),
    says.length === 0 ? '' : `   The logs of Octopus and Tentacle then say:\n${says.join('\n')}\n`,
  ].join('');
}

function foundText({ id, count, line, firstAt, lastAt, text }: Match, number: number): string {
  const when =
    firstAt === undefined ? '' : ` (${firstAt}${lastAt === undefined || lastAt === firstAt ? '' : ` to ${lastAt}`})`;
  const where = count === 1 ? `line ${line}` : `first in line ${line}`;
  return `${number}. ${id}\n${paragraph(`${plural(count, 'time')}, ${where}${toAscii(when)}:`, '   ')}${quoteText(text)}`;
}

function matchText({ means, causes, next, tells, seen }: Match): string {
  return [
    paragraph(`Means: ${means}`, '   '),
    ...Object.entries(seen).map(([name, values]) =>
      paragraph(
        `Seen: ${SEEN_NAMES[name as keyof Match['seen']]} ${values.map((value) => toAscii(value)).join(', ')}`,
        '   ',
      ),
    ),
    causesText(causes),
    tells === undefined || causes.length < 2 ? '' : paragraph(TELLS[tells], '   '),
    stepsText(next, '   '),
  ].join('');
}

function causesText(causes: readonly MatchCause[]): string {
  if (causes.length === 0) return '';
  const lines = causes.map(({ text, failure }) =>
    wrap(`${text}${failure === undefined ? '' : ` [${failure}]`}`, '     - ', '       ', WIDTH),
  );
  return `   ${causes.length === 1 ? 'Cause:' : 'One of these:'}\n${lines.join('\n')}\n`;
}

function unknownText({ matches, unknownLines, unknownExamples, lines }: Explanation): string {
  const what =
    'Give the whole message with its stack trace, or the whole log; or let the way be looked at without it: tentacle-ping diagnose HOST:PORT.';
  if (lines === 0) return `\n${paragraph('There was nothing to read.', '')}`;
  if (unknownLines === 0)
    return matches.length > 0
      ? ''
      : `\n${paragraph(`No message here is known, and none looks like an error. ${what}`, '')}`;
  const one = unknownLines === 1;
  const looks = matches.length === 0 ? '' : one ? ' but looks like an error' : ' but look like errors';
  const unknown = `${plural(unknownLines, 'message')} ${one ? 'is' : 'are'} not known to this tool${looks}`;
  const examples = unknownExamples.map(({ line, text }) => `${paragraph(`line ${line}:`, '   ')}${quoteText(text)}`);
  return `\n${paragraph(`Unknown: ${unknown}${examples.length < unknownLines ? ', the first of them' : ''}:`, '')}${examples.join('')}${paragraph(what, '')}`;
}

/** Words of a log, marked as such. */
function quoteText(text: string): string {
  return paragraph(toAscii(text), '   | ');
}

/** Wrapped; also what has no blanks is broken. */
function paragraph(text: string, indent: string): string {
  const words = text.replaceAll(new RegExp(`\\S{${WIDTH - indent.length}}(?=\\S)`, 'g'), '$& ');
  return `${wrap(words, indent, indent, WIDTH)}\n`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
