import {
  firewallRulesCommand,
  listenerCommand,
  TENTACLE_LOG,
  tentacleCommand,
  sameCommand,
} from '../product-commands.js';
import type { Step } from '../step.js';
import { defineFinding } from './finding.js';

/** A port and the addresses of this host that something was found for. */
interface AddressFacts {
  readonly port: number;
  /** Where it answered. */
  readonly answered: readonly string[];
  /** Where it did not. */
  readonly failed: readonly string[];
}

interface AnswerFacts {
  readonly port: number;
  /** As the subject of a sentence: `A Tentacle`. */
  readonly what: string;
  readonly addresses: readonly string[];
}

interface ThumbprintFacts {
  readonly port: number;
  readonly instance: string;
  readonly configured: string;
  readonly presented: string;
  /** What the certificate belongs to, as far as it is known. */
  readonly owner:
    | { readonly kind: 'instance'; readonly name: string }
    | { readonly kind: 'pong' }
    | { readonly kind: 'issued'; readonly issuer: string }
    | { readonly kind: 'octopus' }
    | { readonly kind: 'unknown' };
}

/** More addresses than these are counted. */
const ADDRESSES_SHOWN = 3;

const EXAMPLE: AddressFacts = { port: 10933, answered: ['127.0.0.1'], failed: ['192.0.2.10'] };

const OTHER: AddressFacts = { port: 10933, answered: ['192.0.2.10'], failed: ['198.51.100.10'] };

function listed(addresses: readonly string[]): string {
  return addresses.length > ADDRESSES_SHOWN ? `${addresses.length} local addresses` : addresses.join(', ');
}

const RESTART: Step = {
  who: 'tentacle-admin',
  action: 'Restart the Tentacle, so that it uses the configured certificate.',
  ...tentacleCommand('service --restart', 'show-thumbprint'),
};

function listenOnAll(): Step {
  return {
    who: 'tentacle-admin',
    action: 'Let the Tentacle listen on all addresses.',
    ...tentacleCommand('configure --listenIpAddress any', 'service --restart'),
  };
}

function ownerText({ owner }: ThumbprintFacts): string {
  switch (owner.kind) {
    case 'instance':
      return `It is the certificate of the instance "${owner.name}": that one holds the port.`;
    case 'pong':
      return 'It belongs to tentacle-pong, a stand-in that listens in place of the Tentacle.';
    case 'issued':
      return `It was issued by ${owner.issuer}, not created by Octopus. A proxy, a load balancer or a security product answers in place of the Tentacle.`;
    case 'octopus':
      return 'Octopus created it. The Tentacle got a new certificate and was not restarted, or another Tentacle listens.';
    case 'unknown':
      return 'Another program, or a device that terminates TLS, answers in place of the Tentacle.';
  }
}

/** What can be found about the answers on this host's own addresses. */
export const localFindings = {
  notNeeded: defineFinding({
    id: 'local.answers-not-needed',
    group: 'local',
    status: 'skipped',
    title: () => 'No local address was asked: as configured, no instance listens (or use --port)',
    example: {},
  }),
  notListening: defineFinding({
    id: 'local.not-listening',
    group: 'local',
    status: 'skipped',
    title: ({ port }: { readonly port: number }) => `Nothing listens on port ${port}, so no page was requested`,
    example: { port: 10933 },
  }),
  answers: defineFinding({
    id: 'local.answers',
    group: 'local',
    status: 'ok',
    title: ({ port, what, addresses, elapsedMs }: AnswerFacts & { readonly elapsedMs: number }) =>
      `${what} answers on port ${port} at ${listed(addresses)} within ${elapsedMs} ms`,
    means: () =>
      'This host reaches it at its own addresses. The firewall for other hosts is another matter. ' +
      'In the log of a Tentacle, each address asked left one line ("Accepted TCP client").',
    example: { port: 10933, what: 'A Tentacle', addresses: ['127.0.0.1', '::1', '192.0.2.10'], elapsedMs: 12 },
  }),
  notATentacle: defineFinding({
    id: 'local.not-a-tentacle',
    group: 'local',
    status: 'problem',
    title: ({ port, what, addresses }: AnswerFacts) =>
      `${what} answers on port ${port} at ${listed(addresses)}, not a Tentacle`,
    means: () => 'A Tentacle is configured for this port. The Octopus Server reaches the other program in its place.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Show the process that listens on the port.', ...listenerCommand(port) },
      { who: 'tentacle-admin', action: 'If it does not need this port, stop it, and restart the Tentacle.' },
    ],
    example: { port: 10933, what: 'A web server', addresses: ['127.0.0.1', '192.0.2.10'] },
  }),
  noConnection: defineFinding({
    id: 'local.no-connection',
    group: 'local',
    status: 'problem',
    title: ({ port, failure }: { readonly port: number; readonly failure: string }) =>
      `No local address accepts connections to port ${port} (${failure})`,
    means: () =>
      'Either nothing listens on the port, or a rule of this host blocks local connections. The list of listening ports, which separates the two, could not be read.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Show the process that listens on the port.', ...listenerCommand(port) },
      {
        who: 'tentacle-admin',
        action: 'If a process does, show the rules that apply to the port.',
        ...firewallRulesCommand(port),
      },
    ],
    example: { port: 10933, failure: 'tcp.refused' },
  }),
  noAnswer: defineFinding({
    id: 'local.no-answer',
    group: 'local',
    status: 'problem',
    title: ({ port, failure }: { readonly port: number; readonly failure: string }) =>
      `A process listens on port ${port}, and does not answer at any local address (${failure})`,
    means: () =>
      'No network is between this check and the listener. It is overloaded, it hangs, it does not speak TLS, or a rule of this host blocks even local connections.',
    next: ({ port, failure }) => [
      {
        who: 'you',
        action: 'Read what this failure means.',
        ...sameCommand(`tentacle-ping explain ${failure}`),
      },
      { who: 'tentacle-admin', action: 'Show the process that listens on the port.', ...listenerCommand(port) },
      { who: 'tentacle-admin', action: 'Read the end of its log.', ...TENTACLE_LOG },
    ],
    example: { port: 10933, failure: 'tls.timeout' },
  }),
  loopbackOnly: defineFinding({
    id: 'local.loopback-only',
    group: 'local',
    status: 'problem',
    title: ({ port, answered, failed }: AddressFacts) =>
      `Port ${port} answers at ${listed(answered)}, not at ${listed(failed)}: bound to loopback`,
    means: () =>
      'The listener accepts connections of this host only. The Octopus Server, as any other host, is refused.',
    next: () => [listenOnAll()],
    example: EXAMPLE,
  }),
  notBound: defineFinding({
    id: 'local.address-not-bound',
    group: 'local',
    status: 'warning',
    title: ({ port, answered, failed }: AddressFacts) =>
      `Port ${port} answers at ${listed(answered)}, not at ${listed(failed)}: not bound to them`,
    means: ({ failed }) => `A client that uses ${listed(failed)} is refused. This is right if none does.`,
    next: () => [
      { who: 'server-admin', action: 'Compare the address of the deployment target with those that answer.' },
      listenOnAll(),
    ],
    example: OTHER,
  }),
  blocked: defineFinding({
    id: 'local.address-blocked',
    group: 'local',
    status: 'problem',
    title: ({ port, answered, failed }: AddressFacts) =>
      `Port ${port} answers at ${listed(answered)}, not at ${listed(failed)}: blocked on this host`,
    means: () =>
      'The listener is bound to these addresses too, and no network is in between. A local firewall or a security product blocks them.',
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: "Look for a rule of this host's firewall that blocks the port.",
        ...firewallRulesCommand(port),
      },
      { who: 'tentacle-admin', action: 'Look at the log of other security products on this host.' },
    ],
    example: EXAMPLE,
  }),
  unanswered: defineFinding({
    id: 'local.address-unanswered',
    group: 'local',
    status: 'problem',
    title: ({ port, answered, failed }: AddressFacts) =>
      `Port ${port} answers at ${listed(answered)}, not at ${listed(failed)}`,
    means: () =>
      'The listener is not bound to these addresses, or a local firewall blocks them. The list of sockets, which would show which, was not readable.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Show the addresses that the listener is bound to.', ...listenerCommand(port) },
      {
        who: 'tentacle-admin',
        action: "If they include the address, look for a rule of this host's firewall.",
        ...firewallRulesCommand(port),
      },
    ],
    example: EXAMPLE,
  }),
  thumbprintMatches: defineFinding({
    id: 'local.thumbprint-matches',
    group: 'local',
    status: 'ok',
    title: ({ port, instance, configured }: Pick<ThumbprintFacts, 'port' | 'instance' | 'configured'>) =>
      `Port ${port} presents the certificate of "${instance}", ${configured}`,
    example: { port: 10933, instance: 'Tentacle', configured: '3DBA0D0DB9BD0CA0B6F2DBEA2D63503E38442E8C' },
  }),
  thumbprintDiffers: defineFinding({
    id: 'local.thumbprint-differs',
    group: 'local',
    status: 'problem',
    title: ({ port, instance }: ThumbprintFacts) => `Port ${port} presents another certificate than "${instance}" has`,
    means: (facts) =>
      `The configuration has ${facts.configured}, and ${facts.presented} was presented. ${ownerText(facts)} The Octopus Server refuses a thumbprint that it does not expect.`,
    next: ({ port, owner, presented }) => [
      ...(owner.kind === 'octopus' ? [RESTART] : []),
      { who: 'tentacle-admin', action: 'Show the process that listens on the port.', ...listenerCommand(port) },
      {
        who: 'server-admin',
        action: `Compare with the thumbprint that the deployment target has in Octopus. It must not be set to ${presented} before the cause is known.`,
      },
    ],
    example: {
      port: 10933,
      instance: 'Tentacle',
      configured: '3DBA0D0DB9BD0CA0B6F2DBEA2D63503E38442E8C',
      presented: '27A4296000000000000000000000000000001125',
      owner: { kind: 'octopus' },
    },
  }),
  thumbprintVaries: defineFinding({
    id: 'local.thumbprint-varies',
    group: 'local',
    status: 'warning',
    title: ({ port, number }: { readonly port: number; readonly number: number }) =>
      `Port ${port} presents ${number} certificates, depending on the address`,
    means: () => 'Different programs answer at different addresses. The Octopus Server accepts one of them at most.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Show the processes that listen on the port.', ...listenerCommand(port) },
    ],
    example: { port: 10933, number: 2 },
  }),
};
