import { quote, stepsText, toAscii, WIDTH, wrap } from 'tentacle-protocol/cli';
import { describeFailure, type FailureId, type FailureDefinition } from 'tentacle-protocol/diagnostics';
import type { Explanation, Match, MatchCause } from '../explain/explanation.js';

const HOW_TO_TELL: Readonly<Record<NonNullable<Match['tells']>, string>> = {
  network: 'To find out which, test the network: ping the real peer, or a tentacle-pong in its place.',
  host: 'To find out which, check the host itself.',
  both: 'To find out which, use both ends: compare their logs, or ping a tentacle-pong.',
};

const FIELD_LABELS: Readonly<Record<keyof Match['seen'], string>> = {
  host: 'host',
  port: 'port',
  client: 'client',
  thumbprint: 'thumbprint',
  expectedThumbprint: 'expected thumbprint',
  presentedThumbprint: 'presented thumbprint',
  subject: 'subject',
  proxyHost: 'proxy',
  proxyPort: 'proxy port',
  subscription: 'subscription',
  detail: 'detail',
};

/** The steps for a text that is not known; the command is on a line of its own. */
const ADVICE = `${paragraph('Run explain on the whole message with its stack trace, or on the whole log. To test the connection itself, run:', '')}   tentacle-ping diagnose HOST:PORT
`;

/** The text output for a log: every known message, the most frequent first. ASCII, 80 columns; commands are not wrapped. */
export function explanationText(explanation: Explanation, name: string): string {
  const { matches, lines, cutLines, stopped } = explanation;
  const messages = matches.reduce((sum, { count }) => sum + count, 0);
  const result =
    matches.length === 0
      ? 'no known messages found'
      : `${plural(messages, 'known message')} of ${plural(matches.length, 'kind')} found`;
  const notes = [
    ...(stopped ? ['Stopped before the end; the result covers only the lines read.'] : []),
    ...(cutLines === 0 ? [] : [`Only the beginning of ${plural(cutLines, 'very long line')} was read.`]),
  ];
  return [
    paragraph(`${toAscii(name)}: ${plural(lines, 'line')} read, ${result}.`, ''),
    ...notes.map((note) => paragraph(note, '')),
    ...matches.map((match, i) => `\n${occurrencesText(match, i + 1)}${matchText(match)}`),
    unknownText(explanation),
  ].join('');
}

/** The text output for a pasted message: its explanation, without counts. */
export function messageText(explanation: Explanation): string {
  const { matches } = explanation;
  if (matches.length === 0) return unknownText(explanation).trimStart();
  return `${matches.map((match) => `${match.id}\n${matchText(match)}`).join('\n')}${unknownText(explanation)}`;
}

/** The text output for a word that looks like an id but is not one. */
export function unknownIdText(word: string, similarIds: readonly string[]): string {
  const list = similarIds.map((id) => `   ${id}\n`).join('');
  return `${paragraph(`${toAscii(quote(word))} is not a known id. Did you mean:`, '')}${list}`;
}

/** The text output for the id of a known message. */
export function logLineText(match: Match): string {
  return `${match.id}\n${paragraph(`Message: ${toAscii(match.text)}`, '   ')}${matchText(match)}`;
}

/** The text output for the id of a failure; numbers in it are those of the failure's example. */
export function failureText({ id, example, octopusLogMessages: octopusSays }: FailureDefinition<FailureId>): string {
  const { title, explanation: means, diagnosis: certainty, remediation: next } = describeFailure(id, example);
  const messages = octopusSays.map((text) => wrap(toAscii(text), '     - ', '       ', WIDTH));
  const causes = certainty.kind === 'ambiguous' ? certainty.causes.map((text) => ({ text })) : [];
  return [
    `${id}\n${paragraph(title, '   ')}`,
    paragraph(`For example: ${toAscii(means)}`, '   '),
    causesText(causes),
    certainty.kind === 'ambiguous' ? paragraph(`How to tell them apart: ${certainty.howToTell}`, '   ') : '',
    stepsText(next, '   '),
    messages.length === 0 ? '' : `   Messages in the logs of Octopus and Tentacle:\n${messages.join('\n')}\n`,
  ].join('');
}

function occurrencesText({ id, count, line, firstAt, lastAt, text }: Match, number: number): string {
  const when =
    firstAt === undefined ? '' : ` (${firstAt}${lastAt === undefined || lastAt === firstAt ? '' : ` to ${lastAt}`})`;
  const where = count === 1 ? `line ${line}` : `first on line ${line}`;
  return `${number}. ${id}\n${paragraph(`${plural(count, 'time')}, ${where}${toAscii(when)}:`, '   ')}${quoteText(text)}`;
}

function matchText({ means, causes, next, tells, seen }: Match): string {
  return [
    paragraph(`Meaning: ${means}`, '   '),
    ...Object.entries(seen).map(([name, values]) =>
      paragraph(
        `Found: ${FIELD_LABELS[name as keyof Match['seen']]} ${values.map((part) => toAscii(part)).join(', ')}`,
        '   ',
      ),
    ),
    causesText(causes),
    tells === undefined || causes.length < 2 ? '' : paragraph(HOW_TO_TELL[tells], '   '),
    stepsText(next, '   '),
  ].join('');
}

function causesText(causes: readonly MatchCause[]): string {
  if (causes.length === 0) return '';
  const lines = causes.map(({ text, failure }) =>
    wrap(`${text}${failure === undefined ? '' : ` [${failure}]`}`, '     - ', '       ', WIDTH),
  );
  return `   ${causes.length === 1 ? 'Cause:' : 'Possible causes:'}\n${lines.join('\n')}\n`;
}

function unknownText({ matches, unknownLines, unknownExamples, lines }: Explanation): string {
  if (lines === 0) return `\n${paragraph('The input is empty.', '')}`;
  if (unknownLines === 0 && matches.length > 0) return '';
  if (unknownLines === 0) {
    const nothing = 'The text contains no known message, and no line that looks like an error.';
    return `\n${paragraph(nothing, '')}${ADVICE}`;
  }
  const isOne = unknownLines === 1;
  const unknown =
    matches.length === 0
      ? `${plural(unknownLines, 'message')} ${isOne ? 'is' : 'are'} not known`
      : `${plural(unknownLines, 'other message')} ${isOne ? 'looks like an error' : 'look like errors'} but ${isOne ? 'is' : 'are'} not known`;
  const first = unknownExamples.length < unknownLines ? `; the first ${unknownExamples.length}` : '';
  const examples = unknownExamples.map(({ line, text }) => `${paragraph(`line ${line}:`, '   ')}${quoteText(text)}`);
  return `\n${paragraph(`${unknown}${first}:`, '')}${examples.join('')}${ADVICE}`;
}

/** Text from a log, marked as a quotation. */
function quoteText(text: string): string {
  return paragraph(toAscii(text), '   | ');
}

/** Wraps a text; also breaks a word that is longer than a line. */
function paragraph(text: string, indent: string): string {
  const words = text.replaceAll(new RegExp(`\\S{${WIDTH - indent.length}}(?=\\S)`, 'g'), '$& ');
  return `${wrap(words, indent, indent, WIDTH)}\n`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
