import type { Sighting } from '../course.js';

/** How a connection can end, as the listener sees it: everything there is to say about it. */
export interface Ending<Id extends string = string> {
  /** `what` or `place.what`. API: never renamed. */
  readonly id: Id;
  /** Which line the log gets: warn for what somebody should look into, error for our own bugs. */
  readonly level: 'info' | 'warn' | 'error';
  readonly when: (sighting: Sighting) => boolean;
  /** One line. */
  readonly title: string;
  /** What it says about the peer and the way, and what to do. */
  readonly means: (sighting: Sighting) => string;
  readonly example: Sighting;
}

/** Keeps a row's id as a type of its own, from which the type of all ids is made. */
export function ending<const Id extends string>(row: Ending<Id>): Ending<Id> {
  return row;
}

/** The program that listens. */
export function us({ part }: Sighting): string {
  return part === 'tentacle' ? 'tentacle-pong' : 'tentacle-ping';
}

/** Whose place it takes. */
export function asReal({ part }: Sighting): string {
  return part === 'tentacle' ? 'a Tentacle' : 'an Octopus Server';
}

/** The connection went away under a read or a write. */
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
export const EXAMPLE: Sighting = {
  part: 'tentacle',
  address: '192.0.2.7',
  port: 50123,
  localAddress: '192.0.2.10',
  localPort: 10933,
  place: 'start',
  receivedBytes: 0,
  calls: 0,
  inCall: false,
};

export const IN_TLS: Sighting = { ...EXAMPLE, place: 'tls', firstBytes: Buffer.of(22, 3, 1), receivedBytes: 517 };

export const AFTER_TLS: Sighting = {
  ...EXAMPLE,
  place: 'preamble',
  firstBytes: Buffer.of(22, 3, 1),
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  clientThumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
};
