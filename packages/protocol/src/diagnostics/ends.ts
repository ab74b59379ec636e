import type { ConnectionFacts } from '../trace.js';
import { hostAndPort } from './wording.js';
import type { Actor, Commands } from './step.js';
import { octopusServerCommand, SERVER_LOG, TENTACLE_LOG, tentacleCommand } from './product-commands.js';

/**
 * The software at one side of a connection, as texts speak of it. A row of the catalogue is written once, for any two
 * ends, and takes every word that depends on the direction from here.
 */
export interface End {
  readonly product: 'tentacle' | 'server';
  /** What a connection to its port is for. */
  readonly service: 'tentacle' | 'polling' | 'web';
  /** `the Tentacle`, `the Octopus Server` */
  readonly name: string;
  /** `a Tentacle`, `an Octopus Server` */
  readonly indefinite: string;
  /** What a connection to it reaches: `a Tentacle`, `an Octopus Server's polling port`. A server's other ports differ. */
  readonly endpoint: string;
  /** `the Tentacle's host`, `the Octopus Server's host` */
  readonly host: string;
  readonly administrator: Actor;
  /** It is the stand-in itself, which has no service, no settings and no certificate of Octopus. */
  readonly isStandIn?: true;
  /** Whether it accepts the connection; the other end opens it. */
  readonly isListener: boolean;
  /** The port on which it listens, or would if it did. */
  readonly defaultPort: number;
  /** Where it shows its own thumbprint; `where` for the middle of a sentence. */
  readonly ownThumbprint: { readonly action: string; readonly where: string } & Commands;
  /**
   * Where it keeps its log. `where`: in a few words, if there is more than the file that the commands print.
   * `rejection`: the action of a step after which it logs a thumbprint that it does not trust.
   */
  readonly log: { readonly name: string; readonly where?: string; readonly rejection: string } & Commands;
  /** Shows whether its service is running. */
  readonly serviceStatus: Commands;
  readonly serviceRestart: Commands;
  /** Where it keeps the address of the other end. */
  readonly peerSettings: { readonly name: string } & Commands;
  /** Where it keeps its HTTP proxy, and the command that sets one; absent where that is done in a browser. */
  readonly proxySettings: {
    readonly name: string;
    readonly setCommand?: (proxy: { readonly host: string; readonly port: number }) => Commands;
  };
  /** What takes its place for a test, the command that starts it, and the one that only tests the path to the other end. */
  readonly standIn: {
    readonly name: string;
    readonly command: (facts: ConnectionFacts) => string;
    readonly diagnose: (facts: ConnectionFacts) => string;
  };
}

/** The two ends of a connection: the one whose side this tool is on, and the other one. */
export interface Ends {
  readonly here: End;
  readonly there: End;
}

const TENTACLE = {
  product: 'tentacle',
  service: 'tentacle',
  name: 'the Tentacle',
  indefinite: 'a Tentacle',
  endpoint: 'a Tentacle',
  host: "the Tentacle's host",
  administrator: 'tentacle-admin',
  defaultPort: 10933,
  ownThumbprint: {
    action: "Show the Tentacle's own thumbprint.",
    where: "the Tentacle's command show-thumbprint",
    ...tentacleCommand('show-thumbprint'),
  },
  log: {
    name: "the Tentacle's log",
    rejection:
      'If Tentacle is 8.1.1322 or later, set logLevel to Debug in Tentacle.exe.nlog and restart the Tentacle. Only then does its log show a rejected thumbprint.',
    ...TENTACLE_LOG,
  },
  // The unit has the instance's name, `Tentacle` by default, and systemd minds upper case.
  serviceStatus: {
    windows: "Get-Service 'OctopusDeploy*'",
    linux: 'systemctl status Tentacle\njournalctl -u Tentacle -n 50',
  },
  serviceRestart: tentacleCommand('service --restart'),
  peerSettings: {
    name: "the Tentacle's configuration",
    ...tentacleCommand('show-configuration'),
  },
  proxySettings: {
    name: "the Tentacle's own proxy settings (polling-proxy)",
    // Host and port always go with it: without --proxyHost the stored host is erased.
    setCommand: ({ host, port }) =>
      tentacleCommand(
        `polling-proxy --proxyEnable=true --proxyHost=${host} --proxyPort=${port} --proxyUsername=USER --proxyPassword=PASSWORD`,
        'service --restart',
      ),
  },
} as const satisfies Partial<End>;

const SERVER = {
  product: 'server',
  service: 'polling',
  name: 'the Octopus Server',
  indefinite: 'an Octopus Server',
  endpoint: "an Octopus Server's polling port",
  host: "the Octopus Server's host",
  administrator: 'server-admin',
  defaultPort: 10943,
  ownThumbprint: {
    action: "Show the Octopus Server's own thumbprint (Configuration > Thumbprint).",
    where: 'Configuration > Thumbprint',
  },
  log: {
    name: "the Octopus Server's log",
    where: 'Configuration > Diagnostics, or its file',
    rejection:
      'If Octopus Server is 2024.2.4275 or later, set OCTOPUS__Logging__Context__Halibut__LogEventLevel=Verbose and OCTOPUS__Logging__File__LogEventLevel=Verbose, and restart it. Only then does its log show a rejected thumbprint.',
    ...SERVER_LOG,
  },
  serviceStatus: { windows: "Get-Service 'OctopusDeploy*'" },
  serviceRestart: octopusServerCommand('service --restart'),
  peerSettings: { name: "the Tentacle's settings in Octopus" },
  proxySettings: { name: 'Octopus (Infrastructure > Machine Proxies)' },
} as const satisfies Partial<End>;

const LISTENING_TENTACLE: End = {
  ...TENTACLE,
  isListener: true,
  standIn: {
    name: 'tentacle-pong',
    command: ({ port }) => `tentacle-pong --port ${port}`,
    diagnose: ({ port }) => `tentacle-pong --port ${port}`,
  },
};

/** tentacle-pong in place of a listening Tentacle: a program without a service, whose log is what it prints. */
const LISTENING_PONG: End = {
  ...LISTENING_TENTACLE,
  isStandIn: true,
  name: 'tentacle-pong',
  indefinite: 'tentacle-pong',
  endpoint: 'tentacle-pong',
  ownThumbprint: {
    action: 'Look up the thumbprint that tentacle-pong printed when it started.',
    where: 'what tentacle-pong printed when it started',
  },
  log: {
    name: 'the output of tentacle-pong',
    rejection: 'Check the output of tentacle-pong for a rejected thumbprint.',
  },
  serviceStatus: {
    windows: 'Get-CimInstance Win32_Process | Where-Object CommandLine -match tentacle-pong',
    linux: 'pgrep -af tentacle-pong',
  },
  serviceRestart: {},
};

/** Seen from the server, the host is the Tentacle's; the address of the server is only known there. */
function pollCommand({ peerRole, host, port }: ConnectionFacts): string {
  return `tentacle-pong --poll ${hostAndPort({ host: peerRole === 'poller' ? 'THIS-HOST' : host, port })}`;
}

const POLLING_TENTACLE: End = {
  ...TENTACLE,
  isListener: false,
  standIn: {
    name: 'tentacle-pong --poll',
    command: pollCommand,
    diagnose: pollCommand,
  },
};

const CONNECTING_SERVER: End = {
  ...SERVER,
  isListener: false,
  standIn: {
    name: 'tentacle-ping',
    command: (facts) => `tentacle-ping ${hostAndPort(facts)}`,
    diagnose: (facts) => `tentacle-ping diagnose ${hostAndPort(facts)}`,
  },
};

const POLLED_SERVER: End = {
  ...SERVER,
  isListener: true,
  standIn: {
    name: 'tentacle-ping --listen',
    command: ({ port }) => `tentacle-ping --listen ${port}`,
    diagnose: ({ port }) => `tentacle-ping --listen ${port}`,
  },
};

/** The web portal and REST API of a server, for people and registration. */
const PORTAL: End = {
  ...POLLED_SERVER,
  service: 'web',
  endpoint: "an Octopus Server's web portal",
  defaultPort: 443,
};

/** The end that accepts the connection, in front of which proxies, routers and load balancers are. */
export function listenerOf({ here, there }: Ends): End {
  return there.isListener ? there : here;
}

/** The word that begins the identity of an end: a listener's, or a poller's. */
export function expectedIdentity({ isListener }: End): string {
  return isListener ? 'MX-SERVER' : 'MX-SUBSCRIBER';
}

/** The two ends that the facts are about. */
export function endsOf({ peerRole, peerKind }: ConnectionFacts): Ends {
  if (peerRole === 'server') return { here: POLLING_TENTACLE, there: POLLED_SERVER };
  if (peerRole === 'portal') return { here: POLLING_TENTACLE, there: PORTAL };
  if (peerRole === 'poller') return { here: POLLED_SERVER, there: POLLING_TENTACLE };
  return { here: CONNECTING_SERVER, there: peerKind === 'pong' ? LISTENING_PONG : LISTENING_TENTACLE };
}
