import { count, styled, type Screen, stepsText, wrap } from 'tentacle-protocol/cli';
import { capitalize } from 'tentacle-protocol/diagnostics';
import type { Match, MatchCause } from '../explain/explanation.js';
import { printable } from './quoted-text.js';

/** By the evidence that identifies the cause. */
export const HOW_TO_TELL: Readonly<Record<NonNullable<Match['tells']>, string>> = {
  network: 'To find out which, test the network: ping the real peer, or a tentacle-pong in its place.',
  host: 'To find out which, check the host itself.',
  both: 'To find out which, use both ends: compare their logs, or ping a tentacle-pong.',
};

export const FIELD_LABELS: Readonly<Record<keyof Match['seen'], string>> = {
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

export const INDENT = '  ';

/** Everything about a message: where it comes from, what it means, its causes, how to tell them apart, and what to do. */
export function bodyText(match: Match, screen: Screen): string {
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
export function loggedByText({ loggedBy, tentacleMode }: Match): string | undefined {
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

export function headline(text: string, { width }: Screen): string {
  return `${wrap(styled('strong', text), '', INDENT, width)}\n`;
}

export function remark(text: string, { width }: Screen): string {
  return paragraph(styled('dim', text), INDENT, width);
}

/** The address of a page, which is not wrapped. */
export function link(page: string | undefined): string {
  return page === undefined ? '' : `\n${INDENT}${styled('dim', 'More:')}\n${styled('dim', page)}\n`;
}

/** A block with an empty line before it; nothing for an empty one. */
export function spaced(block: string): string {
  return block === '' ? '' : `\n${block}`;
}

export function paragraph(text: string, first: string, width: number, indent = first): string {
  return `${wrap(text, first, indent, width)}\n`;
}

/** How often and when a message was found: `2 times, first on line 2, 2024-03-05 10:11:03 to 10:29:59`. */
export function whereFound({ count: occurrences, line, firstAt, lastAt }: Match): string {
  const when = firstAt === undefined ? '' : `, ${timeSpan(firstAt, lastAt ?? firstAt)}`;
  const where = occurrences === 1 ? `line ${line}` : `first on line ${line}`;
  return `${count(occurrences, 'time')}, ${where}${when}`;
}

/** A date with a time, whose fraction of a second is left out. */
const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/;

/** `2024-03-05 10:11:03 to 10:29:59`; times of other forms as the log writes them. */
export function timeSpan(firstAt: string, lastAt: string): string {
  const [, firstDate, firstTime] = MOMENT.exec(firstAt) ?? [];
  const [, lastDate, lastTime] = MOMENT.exec(lastAt) ?? [];
  const first = firstDate === undefined ? firstAt : `${firstDate} ${firstTime}`;
  const last = lastDate === undefined ? lastAt : `${lastDate} ${lastTime}`;
  if (first === last) return first;
  return `${first} to ${firstDate !== undefined && firstDate === lastDate ? lastTime : last}`;
}
