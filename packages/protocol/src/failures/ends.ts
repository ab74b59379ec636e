import type { Facts } from '../trail.js';
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
  /** Where it shows its own thumbprint: `where` in a few words, for the middle of a sentence. */
  readonly ownThumbprint: Pick<Step, 'action'> & { readonly where: string } & Commands;
  /**
   * Where it keeps its log. `where`: in a few words, where there is more than the file that the commands print.
   * `rejection`: what lets it log a thumbprint that it does not trust, as the action of a step.
   */
  readonly log: { readonly name: string; readonly where?: string; readonly rejection: string } & Commands;
  /** What takes its place for a test, and the command that starts it. */
  readonly standIn: { readonly name: string; readonly command: (facts: Facts) => string };
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
    where: 'Tentacle show-thumbprint',
    windows: 'Tentacle show-thumbprint',
    linux: 'Tentacle show-thumbprint',
  },
  log: {
    name: "the Tentacle's log",
    rejection:
      'If Tentacle is 8.1.1322 or later, set logLevel to Debug in Tentacle.exe.nlog and restart the Tentacle. Only then does its log show a rejected thumbprint.',
    windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
    // The directory has the name of the instance.
    linux: 'tail -n 100 /etc/octopus/*/Logs/OctopusTentacle.txt',
  },
} as const;

const SERVER = {
  product: 'server',
  name: 'the Octopus Server',
  indefinite: 'an Octopus Server',
  host: "the Octopus Server's host",
  administrator: 'server-admin',
  defaultPort: 10943,
  ownThumbprint: {
    action: 'Show the thumbprint of the Octopus Server (Configuration > Thumbprint).',
    where: 'Configuration > Thumbprint',
  },
  log: {
    name: "the Octopus Server's log",
    where: 'Configuration > Diagnostics, or its file',
    rejection:
      'If Octopus Server is 2024.2.4275 or later, set OCTOPUS__Logging__Context__Halibut__LogEventLevel=Verbose and OCTOPUS__Logging__File__LogEventLevel=Verbose, and restart it. Only then does its log show a rejected thumbprint.',
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
  standIn: {
    name: 'tentacle-pong --poll',
    // Seen from the server, the host is the Tentacle's.
    command: ({ peerRole, host, port }) => `tentacle-pong --poll ${peerRole === 'poller' ? 'THIS-HOST' : host}:${port}`,
  },
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
export function endsOf({ peerRole }: Facts): Ends {
  if (peerRole === 'server') return { here: POLLING_TENTACLE, there: POLLED_SERVER };
  if (peerRole === 'poller') return { here: POLLED_SERVER, there: POLLING_TENTACLE };
  return { here: CONNECTING_SERVER, there: LISTENING_TENTACLE };
}
