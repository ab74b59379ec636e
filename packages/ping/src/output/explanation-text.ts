import {
  count,
  mark,
  maskUnsafe,
  type Screen,
  stepsList,
  stepsText,
  styled,
  toAscii,
  verdictText,
  wrap,
} from 'tentacle-protocol/cli';
import {
  capitalize,
  describeFailure,
  type FailureDefinition,
  type FailureId,
  knownMessage,
} from 'tentacle-protocol/diagnostics';
import type { Explanation, Match, MatchCause } from '../explain/explanation.js';
import { logHead } from '../explain/log-head.js';
import { checkPage, endingPage, failurePage, messagePage } from './further-reading.js';
import { printable, quotedLine, quotedText } from './quoted-text.js';

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

const INDENT = '  ';

/** As many findings of a log as fit on two screens of 24 lines with their first steps; the others have a line each. */
const DESCRIBED_MAX = 5;

/** The text output for a log: known messages, the most important first, and what to look at first at the end. */
export function explanationText(explanation: Explanation, name: string, screen: Screen, isVerbose = true): string {
  const { width, unicode } = screen;
  const { matches, lines, cutLines, stopped } = explanation;
  const notes = [
    ...(stopped ? ['Stopped before the end; the result covers only the lines read.'] : []),
    ...(cutLines === 0 ? [] : [`Only the beginning of ${count(cutLines, 'very long line')} was read.`]),
  ];
  const read = `${styled('strong', printable(maskUnsafe(name), unicode))}: ${count(lines, 'line')} read`;
  const described = matches.map((match, i) => {
    if (isVerbose)
      return `\n${findingText(match, screen)}${quotedText(match.text, screen)}\n${bodyText(match, screen)}`;
    return i < DESCRIBED_MAX
      ? `\n${findingText(match, screen)}${briefText(match, screen)}`
      : findingText(match, screen);
  });
  const [first, ...others] = described.slice(DESCRIBED_MAX);
  return [
    paragraph(read, '', width),
    ...notes.map((note) => paragraph(note, '', width)),
    ...described.slice(0, DESCRIBED_MAX),
    ...(first === undefined ? [] : [isVerbose ? first : `\n${first}`, ...others]),
    unknownText(explanation, screen, isVerbose),
    summaryText(explanation, screen, isVerbose),
  ].join('');
}

/** The text output for a pasted message: its explanation, without counts. */
export function messageText(explanation: Explanation, screen: Screen): string {
  const { matches } = explanation;
  const unknown = unknownText(explanation, screen, true);
  if (matches.length === 0) return `${unknown.trimStart()}\n${adviceText(screen)}`;
  return `${matches.map((match) => `${headline(match.id, screen)}${bodyText(match, screen)}`).join('\n')}${unknown}`;
}

/** The text output for the id of an ending; numbers in it are those of the ending's example. */
export function endingText({ id, text, means }: Match, screen: Screen): string {
  const origin = 'tentacle-pong, or tentacle-ping listen, writes this id for the end of a connection.';
  return [
    headline(`${text} (${id})`, screen),
    paragraph(`For example: ${toAscii(means)}`, INDENT, screen.width),
    remark(origin, screen),
    link(endingPage(id)),
  ].join('');
}

/** The text output for the id of what a check found; its names and numbers are those of its example. */
export function checkFindingText({ id, text, means, next }: Match, screen: Screen): string {
  const origin = 'tentacle-pong check and tentacle-ping check write this id.';
  return [
    headline(id, screen),
    paragraph(`For example: ${text}`, INDENT, screen.width),
    paragraph(means, INDENT, screen.width),
    remark(origin, screen),
    spaced(stepsText(next, INDENT, screen.width)),
    link(checkPage(id)),
  ].join('');
}

/** The text output for the id of a known message. */
export function logLineText(match: Match, screen: Screen): string {
  return [
    headline(match.id, screen),
    paragraph(`Message: ${match.text}`, INDENT, screen.width),
    bodyText(match, screen),
    link(messagePage(match.id)),
  ].join('');
}

/** The text output for the id of a failure; numbers in it are those of the failure's example. */
export function failureText({ id, example, octopusLogMessages }: FailureDefinition<FailureId>, screen: Screen): string {
  const { title, explanation, diagnosis, remediation } = describeFailure(id, example);
  const { width } = screen;
  const verdict = { id, title, means: `For example: ${explanation}`, certainty: diagnosis, next: remediation };
  const messages = octopusLogMessages.map((text) => paragraph(text, `${INDENT}- `, width, `${INDENT}  `));
  const heading = paragraph(styled('strong', 'Messages in the logs of Octopus and Tentacle'), INDENT, width);
  return [
    verdictText(verdict, screen),
    messages.length === 0 ? '' : `\n${heading}${messages.join('')}`,
    link(failurePage(id)),
  ].join('');
}

/** Which message it is, how often and when it was found. */
function findingText(match: Match, screen: Screen): string {
  const { id, count: occurrences, line, firstAt, lastAt } = match;
  const when = firstAt === undefined ? '' : `, ${timeSpan(firstAt, lastAt ?? firstAt)}`;
  const where = occurrences === 1 ? `line ${line}` : `first on line ${line}`;
  const text = `${count(occurrences, 'time')}, ${where}${printable(when, screen.unicode)}`;
  return `${wrap(`${styled('strong', id)} ${styled('dim', text)}`, `${markOf(match, screen)} `, INDENT, screen.width)}\n`;
}

/** A date with a time, whose fraction of a second is left out. */
const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/;

/** `2024-03-05 10:11:03 to 10:29:59`; times of other forms as the log writes them. */
function timeSpan(firstAt: string, lastAt: string): string {
  const [, firstDate, firstTime] = MOMENT.exec(firstAt) ?? [];
  const [, lastDate, lastTime] = MOMENT.exec(lastAt) ?? [];
  const first = firstDate === undefined ? firstAt : `${firstDate} ${firstTime}`;
  const last = lastDate === undefined ? lastAt : `${lastDate} ${lastTime}`;
  if (first === last) return first;
  return `${first} to ${firstDate !== undefined && firstDate === lastDate ? lastTime : last}`;
}

function markOf({ id }: Match, screen: Screen): string {
  return mark(isUsual(id) ? 'none' : 'bad', screen);
}

/** Whether a log of a working installation has the message too. */
function isUsual(id: string): boolean {
  return knownMessage(id)?.isUsual === true;
}

/** What a message means in a sentence, where it was found, and the first step. */
function briefText({ means, text, next }: Match, screen: Screen): string {
  const { width } = screen;
  const [first = means] = /^.*?[.:](?= |$)/.exec(means) ?? [];
  const quotation = quotedLine(logHead(text).message, screen);
  return `${quotation}${paragraph(first, INDENT, width)}${stepsList(next.slice(0, 1), INDENT, width)}`;
}

/** Everything about a message: where it comes from, what it means, its causes, how to tell them apart, and what to do. */
function bodyText(match: Match, screen: Screen): string {
  const { means, causes, next, tells: decidedBy } = match;
  const { width } = screen;
  return [
    originText(match, screen),
    paragraph(means, INDENT, width),
    causesText(causes, width),
    decidedBy === undefined || causes.length < 2 ? '' : paragraph(HOW_TO_TELL[decidedBy], INDENT, width),
    spaced(stepsText(next, INDENT, width)),
  ].join('');
}

/** Which end wrote the message, and what it names. */
function originText(match: Match, screen: Screen): string {
  const loggedBy = loggedByText(match);
  const fields = Object.entries(match.seen).map(([name, values]) => {
    const label = FIELD_LABELS[name as keyof Match['seen']];
    return `${label} ${values.map((part) => printable(part, screen.unicode)).join(', ')}`;
  });
  const found = fields.length === 0 ? '' : remark(`Found: ${fields.join('; ')}`, screen);
  return `${loggedBy === undefined ? '' : remark(`Written by: ${loggedBy}`, screen)}${found}`;
}

/** The writer of a message, where the text shows it. */
function loggedByText({ loggedBy, tentacleMode }: Match): string | undefined {
  const mode = tentacleMode === undefined ? '' : `${tentacleMode} `;
  if (loggedBy === 'tentacle') return `a ${mode}Tentacle`;
  if (loggedBy === 'script') return 'a script or tool that the step runs';
  if (loggedBy === undefined) return undefined;
  return tentacleMode === undefined ? 'the Octopus Server' : `the Octopus Server, about a ${mode}Tentacle`;
}

function causesText(causes: readonly MatchCause[], width: number): string {
  if (causes.length === 0) return '';
  const lines = causes.map(({ text, failure }, i) => {
    const id = failure === undefined ? '' : ` [${failure}]`;
    const sentence = /^[a-z]+(?=[ ,'])/.test(text) ? capitalize(text) : text;
    const number = causes.length === 1 ? INDENT : `${INDENT}${i + 1}. `;
    return paragraph(`${sentence}${id}`, number, width, ' '.repeat(number.length));
  });
  const heading = causes.length === 1 ? 'Cause' : 'Possible causes';
  return `\n${INDENT}${styled('strong', heading)}\n${lines.join('')}`;
}

/** Messages that look like errors and are not known; in a pasted text, all that are not known. */
function unknownText(explanation: Explanation, screen: Screen, isVerbose: boolean): string {
  const { matches, unknownLines, unknownExamples, lines } = explanation;
  const { width } = screen;
  if (lines === 0) return `\n${paragraph('The input is empty.', '', width)}`;
  if (unknownLines === 0) return '';
  const isOne = unknownLines === 1;
  const unknown =
    matches.length === 0
      ? `${count(unknownLines, 'message')} ${isOne ? 'is' : 'are'} not known`
      : `${count(unknownLines, 'other message')} ${isOne ? 'looks like an error' : 'look like errors'} but ${isOne ? 'is' : 'are'} not known`;
  const shown = isVerbose || matches.length === 0 ? unknownExamples : unknownExamples.slice(0, 1);
  const first = shown.length < unknownLines ? `; the first${shown.length === 1 ? '' : ` ${shown.length}`}` : '';
  const quotes = shown.map(({ line, text }) => {
    const quotation = isVerbose ? quotedText(text, screen) : quotedLine(logHead(text).message, screen);
    return `${remark(`line ${line}:`, screen)}${quotation}`;
  });
  const heading = wrap(`${unknown}${first}:`, `${mark('unknown', screen)} `, INDENT, width);
  return `\n${heading}\n${quotes.join('')}`;
}

/** The end of a log's explanation, which a terminal shows: what to look at first. */
function summaryText(explanation: Explanation, screen: Screen, isVerbose: boolean): string {
  const { matches, unknownLines, lines } = explanation;
  const { width } = screen;
  if (lines === 0) return '';
  const [first] = matches;
  if (first === undefined) {
    const nothing = 'No known messages were found.';
    const more = unknownLines === 0 ? ' No line looks like an error.' : '';
    const kind = unknownLines === 0 ? 'good' : 'unknown';
    return `\n${wrap(styled('strong', nothing) + more, `${mark(kind, screen)} `, INDENT, width)}\n${adviceText(screen)}`;
  }
  const messages = matches.reduce((sum, match) => sum + match.count, 0);
  const found = `${count(messages, 'known message')} of ${count(matches.length, 'kind')}`;
  const headlineText = isUsual(first.id)
    ? `${found}; a working installation logs them too`
    : `${found}. Begin with ${first.id} (${count(first.count, 'time')})`;
  const more = `More: ${isVerbose ? '' : '--verbose, or '}tentacle-ping explain ${first.id}`;
  return `\n${wrap(styled('strong', headlineText), `${markOf(first, screen)} `, INDENT, width)}\n${INDENT}${styled('dim', more)}\n`;
}

/** The steps for a text that is not known; the command is on a line of its own. */
function adviceText({ width }: Screen): string {
  const text =
    'Run explain on the whole message with its stack trace, or on the whole log. To test the connection itself, run:';
  return `${paragraph(text, INDENT, width)}${INDENT}tentacle-ping diagnose HOST:PORT\n`;
}

function headline(text: string, { width }: Screen): string {
  return `${wrap(styled('strong', text), '', INDENT, width)}\n`;
}

function remark(text: string, { width }: Screen): string {
  return paragraph(styled('dim', text), INDENT, width);
}

/** The address of a page, which is not wrapped. */
function link(page: string | undefined): string {
  return page === undefined ? '' : `\n${INDENT}${styled('dim', 'More:')}\n${styled('dim', page)}\n`;
}

/** A block with an empty line before it; nothing for an empty one. */
function spaced(block: string): string {
  return block === '' ? '' : `\n${block}`;
}

function paragraph(text: string, first: string, width: number, indent = first): string {
  return `${wrap(text, first, indent, width)}\n`;
}
