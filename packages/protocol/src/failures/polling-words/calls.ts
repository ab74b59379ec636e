import type { Sighting } from '../row.js';
import { peer, span } from '../row.js';
import { compareWithListen, serverHealth, serverLog, type WordsFor } from './words.js';

const before = ({ facts: { callsBefore = 0 } }: Sighting): string =>
  ` ${callsBefore} ${callsBefore === 1 ? 'message' : 'messages'} had come before.`;

const cutInUse = {
  who: 'network-team',
  action: 'Look for an inspecting device, a NAT or a firewall that cuts connections in use.',
} as const;

const tentacleLog = {
  who: 'tentacle-admin',
  action: "Look into the polling Tentacle's log at this time: a stop, a restart, or what it could not read.",
} as const;

/** Calls: of a server that is polled, and to a poller that has come for them. */
export const callWords = {
  'rpc.timeout': {
    server: {
      means: (sighting) =>
        `${peer(sighting.facts)} gave ${sighting.symptom.receivedBytes} bytes of ${sighting.symptom.awaiting ?? 'a message'} within ${span(sighting.symptom.elapsedUs)}.${before(sighting)}`,
      next: () => [serverHealth, cutInUse, compareWithListen],
      certainty: {
        kind: 'one-of',
        causes: ['the server is hung or slow', 'the packets of this connection are dropped on the way'],
        test: "Poll tentacle-ping --listen on the server's machine: if that answers, it is the server.",
      },
    },
    poller: {
      certainty: {
        kind: 'one-of',
        causes: ['the Tentacle is hung or slow', 'the packets of this connection are dropped on the way'],
        test: "Run tentacle-pong --poll on the Tentacle's machine: if that answers, it is the Tentacle.",
      },
    },
  },
  'rpc.reset': {
    server: {
      title: 'Reset while the server was polled',
      means: (sighting) =>
        `The connection to ${peer(sighting.facts)} was reset ${span(sighting.symptom.elapsedUs)} after the last message.${before(sighting)}`,
      next: () => [cutInUse, serverHealth, serverLog],
      certainty: {
        kind: 'one-of',
        causes: ['a device on the way cut the connection', "the server's process ended"],
        test: "The server's log: a stop is written there, a cut by a device is not.",
      },
    },
  },
  'rpc.closed': {
    server: {
      title: 'Closed in the middle of a message',
      means: (sighting) =>
        `${peer(sighting.facts)} closed the connection after ${sighting.symptom.receivedBytes} bytes of ${sighting.symptom.awaiting ?? 'a message'}.${before(sighting)}`,
      next: () => [serverLog, cutInUse],
      certainty: {
        kind: 'one-of',
        causes: ['the server stopped, or could not read what we sent', 'a device on the way closed the connection'],
        test: "The server's log names its own reasons; nothing there means a device.",
      },
    },
    poller: {
      next: () => [
        tentacleLog,
        { who: 'network-team', action: 'Look for a load balancer that closes connections after a time.' },
      ],
    },
  },
  'rpc.garbled': {
    server: {
      certainty: {
        kind: 'one-of',
        causes: ['a server of another protocol version or make', 'a device inside TLS that changes bytes'],
        test: 'Poll tentacle-ping --listen through the same way: garbled too means the way.',
      },
    },
    poller: {
      certainty: {
        kind: 'one-of',
        causes: ['a Tentacle of another protocol version or make', 'a device inside TLS that changes bytes'],
        test: 'Run tentacle-pong --poll through the same way: garbled too means the way.',
      },
    },
  },
  'rpc.other': { server: { next: () => [serverLog] } },
} satisfies WordsFor;
