import { sameCommand } from '../product-commands.js';
import type { Cause, MessageFacts, MessageText } from './known-message.js';

const WEB_MEANS =
  'This is a web request (HTTPS), not the protocol between Octopus Server and Tentacle. A command, a client of the REST API, or Octopus Server itself sent it.';

/** Messages of the connection itself, which the steps of a Tentacle's connection would mislead for a web request. */
export function isOfTheConnection(id: string): boolean {
  return (
    /^(?:tls|data|idle)\.|^tcp\.(?:did-not-respond|connect-timed-out)$/.test(id) &&
    !/rest-certificate|registration/.test(id)
  );
}

/** What is said about a message of the connection, when a web request failed with it. */
export function describeForWeb(
  means: string,
  causes: readonly Cause[],
  { host = 'WEB-HOST', port = '443' }: MessageFacts,
): MessageText {
  return {
    means: `${WEB_MEANS} ${means}`,
    causes: [
      ...causes.filter(({ text }) => !text.startsWith('on the listening end')),
      { text: 'a web proxy is required for that address, or rejects it' },
    ],
    next: [
      {
        who: 'you',
        action:
          'Run diagnose against the web address that was requested, on the machine that logged this message. The lines around it, or the settings of that feature, contain the address.',
        ...sameCommand(`tentacle-ping diagnose ${host}:${port}`),
      },
      {
        who: 'you',
        action: 'Check the web proxy of that machine, and of the account that the program runs as.',
        windows: 'netsh winhttp show proxy',
        linux: 'env | grep -i proxy',
      },
    ],
  };
}
