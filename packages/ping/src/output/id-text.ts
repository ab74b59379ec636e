import { type Screen, stepsText, styled, toAscii, verdictText } from 'tentacle-protocol/cli';
import { describeFailure, type FailureDefinition, type FailureId } from 'tentacle-protocol/diagnostics';
import type { Match } from '../explain/explanation.js';
import { bodyText, headline, INDENT, link, paragraph, remark, spaced } from './explanation-parts.js';
import { checkPage, endingPage, failurePage, messagePage } from './further-reading.js';

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
