import type { Deadline } from '../time/clock.js';
import type { ByteReader } from './byte-reader.js';

/** Both directions of one connection, without socket and TLS. */
export interface Channel {
  readonly source: ByteReader;
  /**
   * Sends bytes as a record of their own, never joined with those of another call: old peers read ahead and lose bytes
   * that share a record with the ones before (docs/protocol.md, "Where records are cut").
   * Resolves when the bytes have been passed to the system.
   * @throws WireError WRITE_TIMEOUT at the deadline; the connection's own error when it is gone.
   */
  write(bytes: Uint8Array, deadline: Deadline): Promise<void>;
}
