import { sameCommand } from '../product-commands.js';
import { type Cause, defineMessage } from './known-message.js';

/** Words of the message, and the cause that they show. */
const CAUSES: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [
    /name or service|no such host/i,
    {
      text: 'the Octopus Server (or the worker) cannot resolve the name; with a proxy set for the target, only the proxy may be able to',
    },
  ],
  [
    /respond|milliseconds|timed out/i,
    { text: 'a firewall drops the packets to the SSH port, or the machine is off', failure: 'tcp.timeout' },
  ],
  [
    /refused/i,
    { text: 'no SSH server listens on that port, or a firewall rejects the connection', failure: 'tcp.refused' },
  ],
  [
    /fingerprint/i,
    { text: "the host key is not the one in the target's settings: reinstalled, or another machine answers" },
  ],
  [
    /denied|authenticat|private key/i,
    { text: 'the account, password or private key in the settings of the target is rejected or cannot be read' },
  ],
];

/** Reasons that are none of the network's, so rare that they are causes only where the message shows them. */
const SHOWN_ONLY: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [
    /fips/i,
    {
      text: 'this machine allows FIPS algorithms only, and the SSH library needs another one (MD5): an exception for Octopus, or a newer version of it, is required',
    },
  ],
  [
    /algorithm|negotiation/i,
    { text: 'the two have no algorithm in common: the SSH server is hardened, or one of the two is old' },
  ],
  [
    /identification/i,
    { text: 'the port belongs to another service than SSH, or a device answers in its place', failure: 'tls.not-tls' },
  ],
];

/** SSH targets have no Tentacle: the server, or a worker, connects to their SSH server. */
export const sshTargetMessages = [
  defineMessage({
    id: 'ssh.not-connected',
    patterns: [
      'could not connect to ssh endpoint',
      { oneOf: ['renci.sshnet.'], regex: /\bat renci\.sshnet\.|renci\.sshnet\.common\.\w{1,60}exception/ },
      'the ssh session could not be established',
      'did not match the fingerprint',
      { oneOf: ['does not match the expected fingerprint'], regex: /fingerprint .{1,200}does not match the expected/ },
    ],
    captures: [
      /(?<detail>fips|key exchange negotiation|no matching host key algorithm|ssh protocol identification|invalid private key|name or service not known|no such host is known|failed to respond|\d{1,7} milliseconds|timed out|refused|fingerprint|permission denied)/i,
    ],
    text: 'Could not connect to SSH endpoint: ... / ... at Renci.SshNet...',
    means:
      'This is an SSH target: the Octopus Server, or a worker, connects to its SSH server (port 22 unless changed). No Tentacle and none of the ports 10933 and 10943 are involved.',
    causes: ({ detail = '' }) => {
      const own = SHOWN_ONLY.filter(([words]) => words.test(detail));
      if (own.length > 0) return own.map(([, cause]) => cause);
      const shown = CAUSES.filter(([words]) => words.test(detail));
      return (shown.length === 0 ? CAUSES : shown).map(([, cause]) => cause);
    },
    next: ({ host = 'SSH-HOST', port = '22' }) => [
      {
        who: 'you',
        action:
          "Test the SSH port from the Octopus Server's host, or from the worker that connects. It separates the name, a refusal and packets that are dropped. If it names SSH (tls.not-tls), the port works.",
        ...sameCommand(`tentacle-ping diagnose ${host}:${port}`),
      },
      {
        who: 'server-admin',
        action:
          'If the port opens, check the account, the host key (fingerprint) and the proxy in the settings of the SSH target.',
      },
    ],
    decidedBy: 'network',
    example:
      '19:55:34   Fatal    |     Could not connect to SSH endpoint: Connection failed to establish within 60000 milliseconds.',
  }),
];
