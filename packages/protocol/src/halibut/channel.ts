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

/**
 * The longest message that may be written without waiting for the write: any system's send buffer holds this much, so it
 * is taken while the write is called.
 */
export const AT_ONCE_MAX_BYTES = 8 * 1024;

/**
 * Starts a write of at most {@link AT_ONCE_MAX_BYTES}, for a sender that goes on to read the answer. To wait for the end of the write
 * took 4 us of a hop, for nothing. Should the write fail, the reads fail with its error; whoever finds that the stream has
 * ended awaits the returned promise before it says so, because a write that failed comes first.
 */
export function startWrite(channel: Channel, bytes: Uint8Array, deadline: Deadline): Promise<void> {
  const written = channel.write(bytes, deadline);
  written.catch((error: unknown) => {
    channel.source.fail(error instanceof Error ? error : new Error(String(error)));
  });
  return written;
}
