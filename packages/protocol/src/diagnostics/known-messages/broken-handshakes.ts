import { ADDRESS } from './captured-fields.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import type { Step } from '../step.js';
import { diagnose, passThrough, pong, readOtherLog, whoListens } from './steps.js';

const CLIENT = new RegExp(`(?:client|authentication|socket io exception): (?<client>${ADDRESS}:\\d{1,5})`, 'i');

/** Whether the message shows that its end accepted the connection, or opened it. */
const isIncoming = ({ origin }: MessageFacts): boolean => origin?.direction === 'incoming';
const isOutgoing = ({ origin }: MessageFacts): boolean => origin?.direction === 'outgoing';

/** Causes of the end that opened the connection, then those of the end that accepted it; both if it is unknown which. */
function causesOf(
  seen: MessageFacts,
  { outgoing, incoming }: { readonly outgoing: readonly Cause[]; readonly incoming: readonly Cause[] },
): readonly Cause[] {
  if (isIncoming(seen)) return incoming;
  if (isOutgoing(seen)) return outgoing;
  return [...outgoing, ...incoming.slice(0, 1).map(({ text }) => ({ text: `on the listening end: ${text}` }))];
}

/** For a listener: whose connection it was. */
function findClient({ client }: MessageFacts, then: string): Step {
  const address = client === undefined ? '' : ` (${client})`;
  return { who: 'you', action: `Find out which program connected from that address${address}. ${then}` };
}

/** Handshakes that ended because one side does not speak TLS, or left. Their causes differ by the end that logs them. */
export const brokenHandshakeMessages = [
  defineMessage({
    id: 'tls.not-tls-packets',
    patterns: [
      'the handshake failed due to an unexpected packet format',
      'cannot determine the frame size or a corrupted frame was received',
      'ssl routines::wrong version number',
      'routines:wrong version number',
      'ssl routines::packet length too long',
      'ssl routines::http request',
    ],
    captures: [CLIENT],
    text: 'The handshake failed due to an unexpected packet format. (.NET 5 and later: Cannot determine the frame size or a corrupted frame was received.)',
    means:
      'The data received is not TLS. "After the request began" before this message means only that the call is not retried.',
    causes: (seen) =>
      causesOf(seen, {
        outgoing: [
          { text: 'another service is listening on that port (HTTP, SSH, ...)', failure: 'tls.not-tls' },
          { text: 'a captive portal, firewall or proxy replied with a page', failure: 'tls.not-tls' },
          {
            text: 'a proxy answered CONNECT with 200 and sent a page instead of opening a tunnel',
            failure: 'proxy.no-tunnel',
          },
        ],
        incoming: [
          { text: 'a client used another protocol, for example a browser with http://, a health check or a scanner' },
          { text: 'an Octopus Server or Tentacle of another generation (1.x) connects to this port' },
          { text: 'a device in front sends its own header first (PROXY protocol)' },
        ],
      }),
    next: (seen) =>
      isIncoming(seen)
        ? [
            findClient(seen, 'If no Octopus end has it, ignore this message: the listener works.'),
            {
              who: 'network-team',
              action: 'If it is a load balancer, let it check the port with TCP only, without HTTP and PROXY protocol.',
            },
            readOtherLog(seen, 'If it has an error too, an Octopus end is concerned.'),
          ]
        : [
            diagnose(seen, 'It shows the first bytes received and identifies the service.'),
            whoListens(seen),
            passThrough,
          ],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Cannot determine the frame size or a corrupted frame was received.",
  }),
  defineMessage({
    id: 'tls.unexpected-eof',
    patterns: [
      'received an unexpected eof or 0 bytes from the transport stream',
      'the remote party has closed the transport stream',
      'unexpected eof while reading',
      'socket disconnected before secure tls connection was established',
    ],
    captures: [CLIENT],
    text: 'Received an unexpected EOF or 0 bytes from the transport stream.',
    means:
      'The connection was accepted, then closed inside TLS: usually before the handshake was complete, on an older connection later.',
    causes: (seen) =>
      causesOf(seen, {
        outgoing: [
          { text: 'a load balancer without a healthy target', failure: 'tls.closed' },
          { text: 'a PROXY-protocol header that one side sends and the other does not expect', failure: 'tls.closed' },
          {
            text: "the listener cannot use its own certificate or key, or this end's OpenSSL rejects its own",
            failure: 'tls.closed',
          },
        ],
        incoming: [
          { text: 'a health check or port scan, which is harmless' },
          { text: 'a client that left: stopped, canceled, or its OpenSSL or Schannel rejects this certificate' },
          { text: 'a device in between closes the connection', failure: 'tls.closed' },
        ],
      }),
    next: (seen) => [
      ...(isIncoming(seen)
        ? [findClient(seen, 'If no Octopus end has it (a load balancer, a scanner), ignore this message.')]
        : []),
      diagnose(seen, 'It reports how many bytes were received before the close, and after how long.'),
      ...(isIncoming(seen) ? [] : [pong(seen)]),
      readOtherLog(seen),
    ],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Received an unexpected EOF or 0 bytes from the transport stream.",
  }),
];
