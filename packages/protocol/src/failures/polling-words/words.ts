import type { ConnectionFacts } from '../../trace.js';
import type { FailureId } from '../catalogue.js';
import type { Certainty, Sighting, Step } from '../row.js';

/** What a row says where the peer plays another part. What is left out is as the row says it. */
export interface Words {
  readonly title?: string;
  readonly means?: (sighting: Sighting) => string;
  readonly next?: (facts: ConnectionFacts) => readonly Step[];
  readonly certainty?: Certainty;
}

/** By the part that the peer plays: the server that a Tentacle polls, or a poller that was given a call. */
export type WordsFor = Readonly<Partial<Record<FailureId, { readonly server?: Words; readonly poller?: Words }>>>;

/** The server's end in other hands: what fails with it too is not the server's fault. */
export const compareWithListen: Step = {
  who: 'you',
  action:
    "Run tentacle-ping --listen on another port of the server's machine and poll that: the same failure is the network's, none is the server's.",
  windows: 'tentacle-ping --listen 10944',
  linux: 'tentacle-ping --listen 10944',
};

export const serverLog: Step = {
  who: 'server-admin',
  action:
    'Look into the log of the Octopus Server at this time (Configuration, Diagnostics, or its file): does the connection arrive, and what does it say of it?',
  windows: 'type C:\\Octopus\\Logs\\OctopusServer.txt',
};

export const serverHealth: Step = {
  who: 'server-admin',
  action: 'Look whether the Octopus Server is hung, overloaded, or was stopping or restarting at that time.',
};

export const rightServer: Step = {
  who: 'tentacle-admin',
  action:
    'Check host and port: is it the port on which the Octopus Server is polled (10943 unless changed), and not its web portal?',
};

/** Who sits in front of the server. */
export const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the load balancer, proxy or firewall that ends TLS in front of the Octopus Server. Let it pass TLS through for this port (nginx: stream, not http, without ssl; haproxy: mode tcp without ssl), or exempt this connection from inspection.',
};

/** On port 443 one address may serve the web portal and polling, and the name in TLS decides. */
export function nameDecides({ port }: ConnectionFacts): Step[] {
  if (port !== 443) return [];
  return [
    {
      who: 'tentacle-admin',
      action:
        'On port 443 the name in TLS (SNI) decides where a connection goes: poll the name that is there for polling (Octopus Cloud: polling.NAME.octopus.app), not that of the web portal.',
    },
  ];
}

export const serverThumbprint: Step = {
  who: 'server-admin',
  action: 'Compare with the thumbprint that the Octopus Server shows (Configuration, Thumbprint).',
};
