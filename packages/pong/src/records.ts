import type { Bytes, EndingId } from 'tentacle-protocol';

/** What pong saw of one connection. Plain JSON: log, summary and the other end's view are functions of these. */
export interface ConnectionRecord {
  /** Pong's name for the connection; a caller learns it by LookAtMe. */
  readonly connectionId: string;
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** The peer's, as they arrive here. */
  readonly address: string;
  readonly port: number;
  /** Ours, that the peer connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly ending: EndingId;
  /** From accept to the ending. */
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
  /** Calls that were answered, by `service.method`; those to anything that pong has not are `other`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The code of the error that ended it, where one did. */
  readonly code?: string;
}

/** As many as a long run of ping makes in ten minutes; at up to 4 KB each, a few megabytes. */
const KEPT_MAX = 1200;

/** The last connections, oldest first. */
export class Records {
  readonly #max: number;
  readonly #kept: ConnectionRecord[] = [];

  constructor(max = KEPT_MAX) {
    this.#max = max;
  }

  add(record: ConnectionRecord): void {
    this.#kept.push(record);
    if (this.#kept.length > this.#max) this.#kept.shift();
  }

  get kept(): readonly ConnectionRecord[] {
    return this.#kept;
  }
}
