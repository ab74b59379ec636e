import type { ConnectionFacts } from '../../packages/protocol/src/index.js';
import {
  catalogue,
  describeFailure,
  describeMessage,
  findings,
  type FailureDefinition,
  knownMessages,
  type LogOrigin,
  type MessageFacts,
  type Step,
} from '../../packages/protocol/src/diagnostics/index.js';

/** One line that a step prints for one platform. */
export interface PrintedCommand {
  readonly platform: 'windows' | 'linux';
  readonly command: string;
  /** The ids of the failures, messages and findings whose steps print it. */
  readonly sources: readonly string[];
}

const LISTENING: readonly Partial<ConnectionFacts>[] = [{}];

/** A Tentacle that polls: it connects to the server. */
const POLLING: readonly Partial<ConnectionFacts>[] = [
  { host: 'octopus.example', port: 10943, peerRole: 'server', subscription: 'poll://abcdefghij0123456789/' },
];

/** A server that is polled: it accepts the connection, so that no name, proxy or handshake of its own can fail. */
const POLLED: readonly Partial<ConnectionFacts>[] = [{ host: '192.0.2.7', port: 10943, peerRole: 'poller' }];

const DIRECTIONS: Readonly<Partial<Record<string, readonly Partial<ConnectionFacts>[]>>> = {
  rpc: [...LISTENING, ...POLLING, ...POLLED],
  data: LISTENING,
  idle: LISTENING,
  attestation: LISTENING,
  // Its rows are about one direction each, that of their example.
  poll: LISTENING,
};

/** The facts that lead to other commands: the peer, the path, and the form of an address. */
const VARIANTS: readonly Partial<ConnectionFacts>[] = [
  {},
  { port: 443 },
  { host: '2001:db8::7', address: '2001:db8::7' },
  { proxy: { host: 'proxy.example', port: 3128, user: 'CORP\\octopus' } },
  { peerKind: 'pong' },
  { peerKind: 'ping' },
  { ownThumbprint: 'B'.repeat(40), serverName: 'web01.example' },
];

/** The facts with which a row can appear. */
function factsOf({ stage, example }: FailureDefinition): ConnectionFacts[] {
  return (DIRECTIONS[stage] ?? [...LISTENING, ...POLLING]).flatMap((direction) =>
    VARIANTS.filter(({ proxy }) => proxy === undefined || direction.peerRole !== 'poller').map((variant) => ({
      ...example.facts,
      ...direction,
      ...variant,
    })),
  );
}

const FIELDS: MessageFacts = {
  host: 'web01.example',
  port: '10934',
  client: '192.0.2.7',
  thumbprint: 'B'.repeat(40),
  expectedThumbprint: 'A'.repeat(40),
  presentedThumbprint: 'B'.repeat(40),
  subject: 'CN=Octopus Tentacle',
  proxyHost: 'proxy.example',
  proxyPort: '3128',
  subscription: 'abcdefghij0123456789',
  detail: '42',
};

const ORIGINS: readonly (LogOrigin | undefined)[] = [
  undefined,
  ...(['tentacle', 'server'] as const).flatMap((product) =>
    (['listening', 'polling'] as const).flatMap((mode): LogOrigin[] => [
      { product, mode },
      { product, mode, isContainer: true, tentacleVersion: [8, 0, 0] },
    ]),
  ),
  { carries: 'rest', product: 'tentacle', direction: 'outgoing' },
  { carries: 'grpc', product: 'tentacle', direction: 'outgoing' },
];

/** Every command of every step of the catalogue, the known messages and the checks, once. */
export function printedCommands(): PrintedCommand[] {
  const found = new Map<string, { platform: 'windows' | 'linux'; command: string; sources: Set<string> }>();
  const add = (source: string, steps: readonly Step[]): void => {
    for (const step of steps)
      for (const platform of ['windows', 'linux'] as const)
        for (const command of step[platform]?.split('\n') ?? []) {
          const entry = found.get(`${platform} ${command}`) ?? { platform, command, sources: new Set() };
          entry.sources.add(source);
          found.set(`${platform} ${command}`, entry);
        }
  };
  for (const row of catalogue)
    for (const facts of factsOf(row)) add(row.id, describeFailure(row.id, { ...row.example, facts }).remediation);
  for (const row of knownMessages)
    for (const fields of [{}, FIELDS])
      for (const origin of ORIGINS)
        add(row.id, describeMessage(row, origin === undefined ? fields : { ...fields, origin }).next);
  for (const { id, example } of findings) add(id, example.next);
  return [...found.values()].map(({ sources, ...entry }) => ({ ...entry, sources: [...sources] }));
}

/** The words of a command line, without the quotation marks that sh and PowerShell remove. */
export function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replaceAll(/['"]/g, ''));
}
