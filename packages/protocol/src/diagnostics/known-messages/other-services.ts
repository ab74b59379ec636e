import { sameCommand } from '../product-commands.js';
import type { Cause, MessageFacts, MessageText } from './known-message.js';

/** Ports of services that Octopus Server, a step or a script connects to, while Halibut never uses them by default. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['22', 'SSH'],
  ['25', 'mail (SMTP)'],
  ['389', 'a directory (LDAP)'],
  ['445', 'a file share (SMB)'],
  ['465', 'mail (SMTP)'],
  ['587', 'mail (SMTP)'],
  ['636', 'a directory (LDAP)'],
  ['1433', 'SQL Server'],
  ['1521', 'Oracle Database'],
  ['3306', 'MySQL'],
  ['5432', 'PostgreSQL'],
  ['5671', 'RabbitMQ (AMQP)'],
  ['5672', 'RabbitMQ (AMQP)'],
  ['5985', 'Windows Remote Management'],
  ['5986', 'Windows Remote Management'],
  ['6379', 'Redis'],
  ['8172', 'Web Deploy'],
]);

/** Messages that any connection can fail with. */
const OF_ANY_CONNECTION =
  /^(?:dns|tcp)\.|^data\.(?:connection-reset|read-failed)$|^rest\.(?:request-failed|timed-out)$/;

/** The service that usually has the port in the message; undefined for one of Octopus, a web port or an unknown port. */
export function otherService(id: string, { port, origin }: MessageFacts): string | undefined {
  if (port === undefined || origin?.carries === 'halibut' || origin?.carries === 'script') return undefined;
  return OF_ANY_CONNECTION.test(id) ? SERVICES.get(port) : undefined;
}

/** What is said about a message of the network that names the port of another service. */
export function describeForService(
  service: string,
  text: { readonly id: string; readonly means: string; readonly causes: readonly Cause[] },
  { host = 'HOST', port = 'PORT' }: MessageFacts,
): MessageText {
  const refused: readonly Cause[] = [
    { text: `the service there is stopped, or listens on another port`, failure: 'tcp.refused' },
    { text: 'a firewall rejects the connection on behalf of the host', failure: 'tcp.refused' },
  ];
  return {
    means: `Port ${port} is usually that of ${service}: a connection of Octopus Server, a step or a script to that service, not one between Octopus Server and Tentacle. ${text.means}`,
    causes: text.id === 'tcp.actively-refused' ? refused : text.causes,
    next: [
      {
        who: 'you',
        action:
          'Run diagnose against that address on the machine that logged this message. Name and TCP have to be ok; TLS is not expected there.',
        ...sameCommand(`tentacle-ping diagnose ${host}:${port}`),
      },
      { who: 'you', action: 'If the port opens, read the log of that service for the same second.' },
    ],
  };
}
