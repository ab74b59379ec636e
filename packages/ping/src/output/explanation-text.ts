import { count, maskUnsafe, type Screen, stepsText, toAscii, wrap } from 'tentacle-protocol/cli';
import { describeFailure, type FailureId, type FailureDefinition } from 'tentacle-protocol/diagnostics';
import type { Explanation, Match, MatchCause } from '../explain/explanation.js';
import { printable, quotedText } from './quoted-text.js';

/** By the evidence that identifies the cause. */
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
function adviceText(width: number): string {
  const text =
    'Run explain on the whole message with its stack trace, or on the whole log. To test the connection itself, run:';
  return `${paragraph(text, '', width)}   tentacle-ping diagnose HOST:PORT\n`;
}

/** The text output for a log: every known message, the most frequent first. Commands are not wrapped. */
export function explanationText(explanation: Explanation, name: string, format: Screen): string {
  const { width, unicode } = format;
  const { matches, lines, cutLines, stopped } = explanation;
  const messages = matches.reduce((sum, match) => sum + match.count, 0);
  const result =
    matches.length === 0
      ? 'no known messages found'
      : `${count(messages, 'known message')} of ${count(matches.length, 'kind')} found`;
  const notes = [
    ...(stopped ? ['Stopped before the end; the result covers only the lines read.'] : []),
    ...(cutLines === 0 ? [] : [`Only the beginning of ${count(cutLines, 'very long line')} was read.`]),
  ];
  return [
    paragraph(`${printable(maskUnsafe(name), unicode)}: ${count(lines, 'line')} read, ${result}.`, '', width),
    ...notes.map((note) => paragraph(note, '', width)),
    ...matches.map((match, i) => `\n${occurrencesText(match, i + 1, format)}${matchText(match, format)}`),
    unknownText(explanation, format),
  ].join('');
}

/** The text output for a pasted message: its explanation, without counts. */
export function messageText(explanation: Explanation, format: Screen): string {
  const { matches } = explanation;
  const unknown = unknownText(explanation, format);
  if (matches.length === 0) return unknown.trimStart();
  return `${matches.map((match) => `${match.id}\n${matchText(match, format)}`).join('\n')}${unknown}`;
}

/** The text output for the id of an ending; numbers in it are those of the ending's example. */
export function endingText({ id, text, means }: Match, width: number): string {
  const origin = 'tentacle-pong, or tentacle-ping listen, writes this id for the end of a connection.';
  return `${id}\n${paragraph(text, '   ', width)}${paragraph(`For example: ${toAscii(means)}`, '   ', width)}${paragraph(origin, '   ', width)}`;
}

/** The text output for the id of what a check found; its names and numbers are those of its example. */
export function checkFindingText({ id, text, means, next }: Match, width: number): string {
  const origin = 'tentacle-pong check and tentacle-ping check write this id.';
  const example = paragraph(`For example: ${text}`, '   ', width);
  const steps = stepsText(next, '   ', width);
  return `${id}\n${example}${paragraph(means, '   ', width)}${paragraph(origin, '   ', width)}${steps}`;
}

/** The text output for the id of a known message. */
export function logLineText(match: Match, format: Screen): string {
  return `${match.id}\n${paragraph(`Message: ${match.text}`, '   ', format.width)}${matchText(match, format)}`;
}

/** The text output for the id of a failure; numbers in it are those of the failure's example. */
export function failureText({ id, example, octopusLogMessages }: FailureDefinition<FailureId>, width: number): string {
  const { title, explanation, diagnosis, remediation } = describeFailure(id, example);
  const messages = octopusLogMessages.map((text) => wrap(text, '     - ', '       ', width));
  const causes = diagnosis.kind === 'ambiguous' ? diagnosis.causes.map((text) => ({ text })) : [];
  return [
    `${id}\n${paragraph(title, '   ', width)}`,
    paragraph(`For example: ${explanation}`, '   ', width),
    causesText(causes, width),
    ...(diagnosis.kind === 'conclusive' && diagnosis.unless !== undefined
      ? [paragraph(`This is certain, unless ${diagnosis.unless}.`, '   ', width)]
      : []),
    diagnosis.kind === 'ambiguous' ? paragraph(`How to tell them apart: ${diagnosis.howToTell}`, '   ', width) : '',
    stepsText(remediation, '   ', width),
    messages.length === 0 ? '' : `   Messages in the logs of Octopus and Tentacle:\n${messages.join('\n')}\n`,
  ].join('');
}

function occurrencesText(match: Match, number: number, format: Screen): string {
  const { id, count: occurrences, line, firstAt, lastAt, text } = match;
  const when =
    firstAt === undefined ? '' : ` (${firstAt}${lastAt === undefined || lastAt === firstAt ? '' : ` to ${lastAt}`})`;
  const where = occurrences === 1 ? `line ${line}` : `first on line ${line}`;
  return `${number}. ${id}\n${paragraph(`${count(occurrences, 'time')}, ${where}${printable(when, format.unicode)}:`, '   ', format.width)}${quotedText(text, format)}`;
}

/** The writer of a message, where the text shows it. */
function loggedByText({ loggedBy, tentacleMode }: Match): string | undefined {
  const mode = tentacleMode === undefined ? '' : `${tentacleMode} `;
  if (loggedBy === 'tentacle') return `a ${mode}Tentacle`;
  if (loggedBy === 'script') return 'a script or tool that the step runs';
  if (loggedBy === undefined) return undefined;
  return tentacleMode === undefined ? 'the Octopus Server' : `the Octopus Server, about a ${mode}Tentacle`;
}

function matchText(match: Match, { width, unicode }: Screen): string {
  const { means, causes, next, tells: decidedBy, seen } = match;
  const loggedBy = loggedByText(match);
  const fields = Object.entries(seen).map(([name, values]) => {
    const label = FIELD_LABELS[name as keyof Match['seen']];
    return paragraph(`Found: ${label} ${values.map((part) => printable(part, unicode)).join(', ')}`, '   ', width);
  });
  return [
    loggedBy === undefined ? '' : paragraph(`Written by: ${loggedBy}`, '   ', width),
    paragraph(`Meaning: ${means}`, '   ', width),
    ...fields,
    causesText(causes, width),
    decidedBy === undefined || causes.length < 2 ? '' : paragraph(HOW_TO_TELL[decidedBy], '   ', width),
    stepsText(next, '   ', width),
  ].join('');
}

function causesText(causes: readonly MatchCause[], width: number): string {
  if (causes.length === 0) return '';
  const lines = causes.map(({ text, failure }) =>
    wrap(`${text}${failure === undefined ? '' : ` [${failure}]`}`, '     - ', '       ', width),
  );
  return `   ${causes.length === 1 ? 'Cause:' : 'Possible causes:'}\n${lines.join('\n')}\n`;
}

function unknownText({ matches, unknownLines, unknownExamples, lines }: Explanation, format: Screen): string {
  const { width } = format;
  if (lines === 0) return `\n${paragraph('The input is empty.', '', width)}`;
  if (unknownLines === 0 && matches.length > 0) return '';
  if (unknownLines === 0) {
    const nothing = 'The text contains no known message, and no line that looks like an error.';
    return `\n${paragraph(nothing, '', width)}${adviceText(width)}`;
  }
  const isOne = unknownLines === 1;
  const unknown =
    matches.length === 0
      ? `${count(unknownLines, 'message')} ${isOne ? 'is' : 'are'} not known`
      : `${count(unknownLines, 'other message')} ${isOne ? 'looks like an error' : 'look like errors'} but ${isOne ? 'is' : 'are'} not known`;
  const first = unknownExamples.length < unknownLines ? `; the first ${unknownExamples.length}` : '';
  const examples = unknownExamples.map(
    ({ line, text }) => `${paragraph(`line ${line}:`, '   ', width)}${quotedText(text, format)}`,
  );
  return `\n${paragraph(`${unknown}${first}:`, '', width)}${examples.join('')}${adviceText(width)}`;
}

/** Wraps a text; also breaks a word that is longer than a line. */
function paragraph(text: string, indent: string, width: number): string {
  const words = text.replaceAll(new RegExp(`\\S{${width - indent.length}}(?=\\S)`, 'g'), '$& ');
  return `${wrap(words, indent, indent, width)}\n`;
}
