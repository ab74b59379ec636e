import type { EndingId } from 'tentacle-protocol/diagnostics';

/** One limit of a listening tentacle-pong. */
interface LimitDefinition {
  readonly value: number;
  readonly unit: 'connections' | 'percent' | 'ms' | 'bytes';
  /** The option that sets it; absent: it is fixed. */
  readonly option?: string;
  /** The ending of a connection that reached it, where that is one. */
  readonly ending?: EndingId;
  /** What it limits, as a noun phrase. */
  readonly meaning: string;
  /** Why the value is what it is. */
  readonly reason: string;
}

/** All limits on what a peer may take: their defaults, the options that set them, and the reasons, in one place. */
export const LIMIT_DEFINITIONS = {
  connectionsMax: {
    value: 10_000,
    unit: 'connections',
    option: 'max-connections',
    ending: 'too-many-connections',
    meaning: 'connections to keep open',
    reason:
      'For a test of idle connections from every server of a large installation. Each holds about 75 KB of memory (docs/reliability.md), and up to 40 KB more of received data that is not yet read: together a gigabyte, which the host of a Tentacle can bear.',
  },
  connectionsPerAddressMax: {
    value: 2000,
    unit: 'connections',
    option: 'max-connections-per-address',
    ending: 'limit.connections-per-address',
    meaning: 'connections of one address (IPv6: of one /64 network) to keep open',
    reason:
      'A fifth of all, so that one client cannot take every place, and twice as many as tentacle-ping opens at a time.',
  },
  unidentifiedMax: {
    value: 1000,
    unit: 'connections',
    option: 'max-unidentified',
    ending: 'limit.unidentified',
    meaning: 'connections to keep open whose peer has not completed TLS and its identity',
    reason: 'About as many as complete TLS in two to three seconds on one processor core.',
  },
  unidentifiedPerAddressMax: {
    value: 250,
    unit: 'connections',
    option: 'max-unidentified-per-address',
    ending: 'limit.unidentified-per-address',
    meaning: 'the same for one address',
    reason:
      'A quarter of all, so that one address leaves room for others. A server needs a few; tentacle-ping --concurrency N needs N.',
  },
  keptPercent: {
    value: 10,
    unit: 'percent',
    option: 'kept-percent',
    meaning:
      'part of the places (in all, and for peers that have not identified themselves) that is kept for addresses whose calls were answered before; 0: none',
    reason: 'A flood from many addresses then leaves 1,000 of 10,000 places for the clients that were there before it.',
  },
  identityMs: {
    value: 60_000,
    unit: 'ms',
    option: 'identity-timeout',
    meaning: 'time from the start of a connection to the complete identity of the peer, or to the end of the page',
    reason:
      'As long as Octopus waits for a connection. The legacy TentaclePing sends megabytes within this time: over a slow path it needs more.',
  },
  firstCallMs: {
    value: 60_000,
    unit: 'ms',
    option: 'first-call-timeout',
    ending: 'rpc.no-call',
    meaning: 'time from the identity to the first call',
    reason: 'A client connects because it has a call to send. One that waits longer hangs, or only takes a place.',
  },
  handshakeMs: {
    value: 30_000,
    unit: 'ms',
    meaning: 'time for TLS, from the start of a connection',
    reason: 'Half of the 60 s that Octopus waits, so that the log names a silent peer while that peer still waits.',
  },
  preambleSilenceMs: {
    value: 30_000,
    unit: 'ms',
    meaning: 'silence of a peer after TLS, before its identity',
    reason: 'As for TLS.',
  },
  preambleMaxBytes: {
    value: 1024 * 1024 * 1024,
    unit: 'bytes',
    meaning: 'bytes of a first request, of which only the start is kept',
    reason: 'The legacy TentaclePing sends any number of megabytes as one line.',
  },
  idleMs: {
    value: 3_600_000,
    unit: 'ms',
    meaning: 'silence between two calls',
    reason:
      "A test of idle connections should find the network's idle timeout, and devices usually allow less than an hour. (A Tentacle closes after 60 s, the Halibut library by its defaults after ten minutes.)",
  },
  callMs: {
    value: 600_000,
    unit: 'ms',
    meaning: 'time for one call, without its data streams',
    reason: "The Halibut library's own default.",
  },
  stallMs: {
    value: 60_000,
    unit: 'ms',
    meaning: 'time without progress of a data stream',
    reason: "The Halibut library's limit for a read or a write while data arrives.",
  },
  maxMessageBytes: {
    value: 1024 * 1024,
    unit: 'bytes',
    meaning: 'size of one request, inflated, without its data streams',
    reason: 'An echo has its data in the message. Larger data uses data streams, which are never held in memory.',
  },
  allMessagesMaxBytes: {
    value: 16 * 1024 * 1024,
    unit: 'bytes',
    meaning: 'size of all requests together that are read or answered, without those of up to 1 KiB',
    reason:
      'Sixteen of the largest. Decoded, the worst value (an empty document of 8 bytes) takes 192 bytes, so the values of one message add 0.8 MB. A kilobyte of them, which needs no reservation, takes 25 KB on each connection.',
  },
} as const satisfies Readonly<Record<string, LimitDefinition>>;

export type LimitName = keyof typeof LIMIT_DEFINITIONS;

/** The definitions by name, without the types of their values. */
export const limitDefinitions = Object.entries(LIMIT_DEFINITIONS) as readonly (readonly [LimitName, LimitDefinition])[];
