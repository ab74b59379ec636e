import type { ConnectionFacts } from '../trace.js';
import type { Actor, Step } from './row.js';

/** A command line for each platform; absent where there is none. */
interface Commands {
  readonly windows?: string;
  readonly linux?: string;
}

/**
 * The software at one side of a connection, as texts speak of it. A row of the catalogue is written once, for any two
 * ends, and takes every word that depends on the direction from here.
 */
export interface End {
  readonly product: 'tentacle' | 'server';
  /** `the Tentacle`, `the Octopus Server` */
  readonly name: string;
  /** `a Tentacle`, `an Octopus Server` */
  readonly indefinite: string;
  /** `the Tentacle's host`, `the Octopus Server's host` */
  readonly host: string;
  readonly administrator: Actor;
  /** Whether it accepts the connection; the other end opens it. */
  readonly isListener: boolean;
  /** The port on which it listens, or would if it did. */
  readonly defaultPort: number;
  /** Where it shows its own thumbprint. */
  readonly ownThumbprint: Pick<Step, 'action'> & Commands;
  /** Where it keeps its log. */
  readonly log: { readonly name: string } & Commands;
  /** What takes its place for a test, and the command that starts it. */
  readonly standIn: { readonly name: string; readonly command: (facts: ConnectionFacts) => string };
}

/** The two ends of a connection: the one whose side this tool is on, and the other one. */
export interface Ends {
  readonly here: End;
  readonly there: End;
}

const TENTACLE = {
  product: 'tentacle',
  name: 'the Tentacle',
  indefinite: 'a Tentacle',
  host: "the Tentacle's host",
  administrator: 'tentacle-admin',
  defaultPort: 10933,
  ownThumbprint: {
    action: 'Show the thumbprint of the Tentacle.',
    windows: 'Tentacle show-thumbprint',
    linux: 'Tentacle show-thumbprint',
  },
  log: {
    name: "the Tentacle's log",
    windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
    linux: 'tail -n 100 /etc/octopus/default/Logs/OctopusTentacle.txt',
  },
} as const;

const SERVER = {
  product: 'server',
  name: 'the Octopus Server',
  indefinite: 'an Octopus Server',
  host: "the Octopus Server's host",
  administrator: 'server-admin',
  defaultPort: 10943,
  ownThumbprint: { action: 'Show the thumbprint of the Octopus Server (Configuration > Thumbprint).' },
  log: {
    name: "the Octopus Server's log",
    windows: 'type C:\\Octopus\\Logs\\OctopusServer.txt',
  },
} as const;

const LISTENING_TENTACLE: End = {
  ...TENTACLE,
  isListener: true,
  standIn: { name: 'tentacle-pong', command: ({ port }) => `tentacle-pong --port ${port}` },
};

const POLLING_TENTACLE: End = {
  ...TENTACLE,
  isListener: false,
  standIn: { name: 'tentacle-pong --poll', command: ({ host, port }) => `tentacle-pong --poll ${host}:${port}` },
};

const CONNECTING_SERVER: End = {
  ...SERVER,
  isListener: false,
  standIn: { name: 'tentacle-ping', command: ({ host, port }) => `tentacle-ping ${host}:${port}` },
};

const POLLED_SERVER: End = {
  ...SERVER,
  isListener: true,
  standIn: { name: 'tentacle-ping --listen', command: ({ port }) => `tentacle-ping --listen ${port}` },
};

/** The two ends that the facts are about. */
export function endsOf({ peerRole }: ConnectionFacts): Ends {
  if (peerRole === 'server') return { here: POLLING_TENTACLE, there: POLLED_SERVER };
  if (peerRole === 'poller') return { here: POLLED_SERVER, there: POLLING_TENTACLE };
  return { here: CONNECTING_SERVER, there: LISTENING_TENTACLE };
}
