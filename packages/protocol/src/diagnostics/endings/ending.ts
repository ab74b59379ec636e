import type { InboundObservation } from '../inbound-observation.js';

/** A kind of end of a connection, as the listener observes it, with its texts. */
export interface Ending<Id extends string = string> {
  /** `what` or `phase.what`. API: never renamed. */
  readonly id: Id;
  /** The log level: warn for what needs attention, error for bugs in the program itself. */
  readonly level: 'info' | 'warn' | 'error';
  /** Whether an observation has this ending. */
  readonly when: (observation: InboundObservation) => boolean;
  /** At most 60 characters, without a full stop. */
  readonly title: string;
  /** What was observed, what that means for the peer and the path, and what to do. */
  readonly means: (observation: InboundObservation) => string;
  readonly example: InboundObservation;
}

/** Returns the ending as it is, with its id as a literal type. The type of all ids is derived from these. */
export function defineEnding<const Id extends string>(definition: Ending<Id>): Ending<Id> {
  return definition;
}

/** The program that listens. */
export function program({ role }: InboundObservation): string {
  return role === 'tentacle' ? 'tentacle-pong' : 'tentacle-ping';
}

/** What the program stands in for. */
export function realListener({ role }: InboundObservation): string {
  return role === 'tentacle' ? 'a Tentacle' : 'an Octopus Server';
}

/** What connects to such a listener, at the start of a sentence. */
export function realPeer({ role }: InboundObservation): string {
  return role === 'tentacle' ? 'An Octopus Server' : 'A polling Tentacle';
}

/** A polling Tentacle that was given the port of a listening one says nothing else than an Octopus Server would. */
export function orPoller({ role }: InboundObservation): string {
  return role === 'tentacle' ? ', or a polling Tentacle that was given this port,' : '';
}

/** A number and its noun: `1 byte`, `2 bytes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** With a capital letter, for the start of a sentence. */
export function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Codes for a connection that broke during a read or a write. */
export const GONE = [
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'CONNECTION_CLOSED',
  'ERR_STREAM_DESTROYED',
];

/** Parts of examples, with documentation addresses (RFC 5737): just accepted, in the handshake, after it. */
export const EXAMPLE: InboundObservation = {
  role: 'tentacle',
  address: '192.0.2.7',
  port: 50123,
  localAddress: '192.0.2.10',
  localPort: 10933,
  phase: 'start',
  receivedBytes: 0,
  calls: 0,
  inCall: false,
};

export const IN_TLS: InboundObservation = {
  ...EXAMPLE,
  phase: 'tls',
  firstBytes: Buffer.of(22, 3, 1),
  receivedBytes: 517,
};

export const AFTER_TLS: InboundObservation = {
  ...EXAMPLE,
  phase: 'preamble',
  firstBytes: Buffer.of(22, 3, 1),
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  clientThumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
};
