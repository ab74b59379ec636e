import { tentacleCommand } from '../product-commands.js';
import { defineMessage } from './known-message.js';
import { diagnose } from './steps.js';

/** Octopus 2.x: its protocol was HTTP over TLS, so a refusal is an answer with a status. */
export const legacyTentacleMessages = [
  defineMessage({
    id: 'trust.legacy-unauthorized',
    patterns: ['the request failed: unauthorized', 'pipefish...the request failed: forbidden'],
    text: 'Pipefish.PipefishException: The request failed: Unauthorized. You are not authorized to access this resource.',
    means:
      'This is an answer, not a cut: a 2.x Tentacle received the request and refuses this server. Name, TCP and TLS work. (Octopus 2.x; from 3.0 on, a Tentacle closes the connection instead.)',
    causes: [
      { text: 'the Tentacle does not trust this thumbprint of the server', failure: 'trust.closed-after-identity' },
      { text: "the server's certificate was renewed, or another Octopus Server is asking" },
      { text: 'the service was not restarted after its trust was changed' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: "Compare the server's thumbprint (Configuration, Certificates) with those that the Tentacle trusts.",
      },
      {
        who: 'tentacle-admin',
        action: 'Trust that thumbprint, then restart the Tentacle.',
        windows: tentacleCommand('configure --trust=THUMBPRINT', 'service --restart').windows,
      },
    ],
    decidedBy: 'both',
    example: 'Pipefish.PipefishException: The request failed: Unauthorized',
  }),
  defineMessage({
    id: 'rpc.legacy-link-invalid',
    patterns: ['on a communication link (subscription) that is no longer valid'],
    text: 'The incoming request was on a communication link (subscription) that is no longer valid. Reset connectivity to perform a new handshake and reestablish communication.',
    means:
      'This is an answer of a 2.x Tentacle or server: the request arrived, but belongs to a link that was replaced. Name, TCP, TLS and trust work.',
    causes: [
      { text: 'the target was registered again, and the other end still uses the link from before' },
      { text: 'one end was restored from a backup or reinstalled' },
    ],
    next: () => [
      { who: 'server-admin', action: "Reset the link on the target's page in Octopus: Connectivity, Reset." },
      {
        who: 'server-admin',
        action: 'Upgrade both ends: Octopus 2.x and its protocol have not been supported since 2016.',
      },
    ],
    decidedBy: 'host',
    example:
      'The incoming request was on a communication link (subscription) that is no longer valid. Reset connectivity to perform a new handshake and reestablish communication.',
  }),
  defineMessage({
    id: 'rpc.legacy-request-failed',
    patterns: ['pipefishexception: the request failed:', 'unrecognised subscriber space'],
    captures: [/the request failed: (?<detail>\w{1,40})/i],
    text: 'Pipefish.PipefishException: The request failed: ... (BadRequest, InternalServerError, ...)',
    means:
      'This is an answer with a status, from Octopus 2.x: the request arrived at the other end, which rejected it. Name, TCP, TLS and the client certificate work.',
    causes: [
      { text: 'BadRequest, "Unrecognised subscriber space": the trust was reset, and the Tentacle forgot this server' },
      { text: 'another status: a fault of the other process, which its log names' },
      { text: 'a web server or proxy answers in place of the Tentacle', failure: 'identity.http' },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: 'Trust the server again and restart the Tentacle, then check its health in Octopus.',
        windows: tentacleCommand('configure --trust=THUMBPRINT', 'service --restart').windows,
      },
      diagnose(seen, 'It identifies the service that answers at that address.'),
      {
        who: 'server-admin',
        action: 'Upgrade both ends: Octopus 2.x and its protocol have not been supported since 2016.',
      },
    ],
    decidedBy: 'both',
    example: 'Pipefish.PipefishException: The request failed: BadRequest',
  }),
];
