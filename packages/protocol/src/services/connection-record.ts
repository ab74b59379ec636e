import type { ByteExcerpt } from '../plain-data/byte-excerpt.js';

/**
 * Which side closed first, as the listener observed it. `local`: the listener. `remote`: the other side ended its stream (a
 * FIN, or TLS's close_notify or fatal alert), even if only that half was closed. `remote-reset`: an RST with the peer's
 * address arrived; one that arrives right behind other bytes counts as `remote`, because Node reports it as the end of the
 * stream. `lost`: the system gave the connection up.
 */
export type ClosedBy = 'local' | 'remote' | 'remote-reset' | 'lost';

/**
 * In place of a value that is not shown to a client: it may belong to another one with the same address. A certificate so
 * marked is not the caller's.
 */
export const WITHHELD = 'withheld';

/** One connection as the listening end observed it. Plain JSON. */
export interface ConnectionRecord {
  /** The listener's name for the connection; LookAtMe returns it to the caller. */
  readonly connectionId: string;
  /** The caller's name for it: the activity id of its first call. */
  readonly activityId?: string;
  /** When it was accepted: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** The peer's address and port, as they arrived at the listener. */
  readonly address: string;
  readonly port: number;
  /** The listener's own address and port, which the peer connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** How it ended: see docs/endings.md. Absent while it is open. */
  readonly ending?: string;
  /** Absent while neither side has closed the connection. */
  readonly closedBy?: ClosedBy;
  /** From accept to the ending, or until the record was taken. */
  readonly durationUs: number;
  /** On the TCP connection, including TLS. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The name that the peer asked for (SNI); absent when it asked for none. */
  readonly serverName?: string;
  /** The thumbprint of the peer's certificate; null when the handshake ended without one. */
  readonly clientThumbprint?: string | null;
  /** The first raw bytes from a peer that did not complete the handshake. */
  readonly firstBytes?: ByteExcerpt;
  /** The first line inside TLS from a peer that did not ask for a message exchange. */
  readonly firstLine?: string;
  /** The subscription that the peer polls for. */
  readonly subscription?: string;
  /** Of a polling connection: how long it had carried no message when it ended. */
  readonly idleUs?: number;
  /** The TLS handshake, from its first bytes to its end; absent where it was not completed, and in older versions. */
  readonly tlsUs?: number;
  /** From the arrival of the peer's identity to the last byte of the answer; absent likewise. */
  readonly identityUs?: number;
  /** The first echo, without one the first call: from the first byte of the request to the last byte of the answer. */
  readonly rpcUs?: number;
  /** Calls that were answered, by `service.method`; calls to unknown services or methods are `other`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The code of the error that ended it; absent when none did. */
  readonly code?: string;
}
