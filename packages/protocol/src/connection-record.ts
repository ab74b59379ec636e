import type { Bytes } from './failures/evidence.js';

/**
 * Which side's end came first, as the listener saw it: `us` it closed; `peer` the other side ended its stream (FIN, or
 * the goodbye or fatal alert of TLS), also where only that half was closed; `reset-by-peer` an RST came in its name;
 * `lost` the system gave the connection up.
 */
export type ClosedBy = 'us' | 'peer' | 'reset-by-peer' | 'lost';

/** One connection as the listening end saw it. Plain JSON. */
export interface ArrivedConnection {
  /** The listener's name for the connection; a caller learns it by LookAtMe. */
  readonly connectionId: string;
  /** The caller's name for it: the activity id of its first call. */
  readonly activityId?: string;
  /** When it was accepted: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** The peer's, as they arrive there. */
  readonly address: string;
  readonly port: number;
  /** The listener's own, that the peer connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** How it ended: see docs/endings.md. Absent while it is open. */
  readonly ending?: string;
  /** Absent while neither side has closed. */
  readonly closedBy?: ClosedBy;
  /** From accept to the ending, or until it was looked at. */
  readonly durationUs: number;
  /** On the TCP connection, TLS and all. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The name that the peer asked for (SNI); absent when it named none. */
  readonly serverName?: string;
  /** Of the peer's certificate; null when the handshake ended without one. */
  readonly clientThumbprint?: string | null;
  /** The first raw bytes, of a peer that did not get through the handshake. */
  readonly firstBytes?: Bytes;
  /** The first line inside TLS, of a peer that did not ask for a message exchange. */
  readonly firstLine?: string;
  /** The polling subscription it came with. */
  readonly subscription?: string;
  /** Calls that were answered, by `service.method`; those to anything that the listener has not are `other`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The code of the error that ended it, where one did. */
  readonly code?: string;
}
