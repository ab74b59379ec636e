import { describeMessage, type KnownMessage, knownMessages } from 'tentacle-protocol/diagnostics';
import { failureLink } from './failure-pages.js';
import { fenced, GENERATED, stepLine } from './markdown.js';

const DECIDED_BY: Readonly<Record<KnownMessage['decidedBy'], string>> = {
  network: 'A test of the network shows which.',
  host: 'A look at the host shows which.',
  both: 'Both ends together show which.',
};

const ABOUT = [
  'Messages that Octopus Server, Tentacle, the Halibut library, Windows and OpenSSL log when communication fails, and what was behind them.',
  '`tentacle-ping explain` recognizes them, in this order. `...` is a part that varies; brackets hold what people report when nothing is logged.',
  '"Before the request could begin" and "after the request began" in a message are about retries, not about time.',
  'Ids are API: they are never renamed.',
].join(' ');

/** All known messages, with their meaning, causes and steps. */
export function knownMessagesPage(): string {
  return `${[GENERATED, '# Known messages', ABOUT, ...knownMessages.map(section)].join('\n\n')}\n`;
}

function section(row: KnownMessage): string {
  const { id, text, decidedBy, example } = row;
  const { means, causes, next } = describeMessage(row);
  const causeLines = causes.map(({ text: cause, failure }) =>
    failure === undefined ? `- ${cause}` : `- ${cause} ([${failure}](${failureLink(failure)}))`,
  );
  return [
    `## ${id}`,
    `\`${text}\``,
    means,
    causes.length === 1 ? 'Cause:' : 'Possible causes:',
    causeLines.join('\n'),
    ...(causes.length === 1 ? [] : [DECIDED_BY[decidedBy]]),
    'Next:',
    next.map(stepLine).join('\n'),
    'Example:',
    fenced(example),
  ].join('\n\n');
}
