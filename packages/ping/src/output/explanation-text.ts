import { count, mark, maskUnsafe, type Screen, stepsList, styled, wrap } from 'tentacle-protocol/cli';
import { knownMessage } from 'tentacle-protocol/diagnostics';
import type { Explanation, Match } from '../explain/explanation.js';
import { logHead } from '../explain/log-head.js';
import { bodyText, headline, INDENT, paragraph, remark, whereFound } from './explanation-parts.js';
import { printable, quotedLine, quotedText } from './quoted-text.js';

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

/** Which message it is, how often and when it was found. */
function findingText(match: Match, screen: Screen): string {
  const { id } = match;
  const text = printable(whereFound(match), screen.unicode);
  return `${wrap(`${styled('strong', id)} ${styled('dim', text)}`, `${markOf(match, screen)} `, INDENT, screen.width)}\n`;
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
