import { setTimeout as pause } from 'node:timers/promises';
import { type Deadline, WireError } from 'tentacle-protocol';
import type { Connection } from '../../session/connection.js';
import type { PeerType } from '../../report/peer.js';

/** A real listener reads a preamble of up to 20,000 characters; the other lines have a few hundred, and a host name. */
export const PAGE_UPLOAD_MAX_BYTES = 19_000;

/** These peers read a preamble to its empty line, whatever it contains, then show their page; nothing is changed there. */
const READERS: readonly PeerType[] = ['tentacle', 'octopus-server', 'halibut', 'legacy-pong', 'pong'];

export function acceptsPageUpload(kind: PeerType | undefined): boolean {
  return kind !== undefined && READERS.includes(kind);
}

/** Between pieces, so that each is sent in a packet of its own: longer than a system delays small ones. */
const BETWEEN_MS = 20;

/** A page is a few hundred bytes; the legacy TentaclePong's is 10 KiB. */
const PAGE_MAX_BYTES = 64 * 1024;

/** What to upload. */
export interface PageUpload {
  readonly sizeBytes: number;
  /** How many lines of that size. */
  readonly count: number;
  readonly deadline: Deadline;
  readonly onMoved: (bytes: number) => void;
}

/**
 * Uploads lines of a request for the page, on a connection that is only TLS. The arrival of the page shows that all of
 * them arrived, not that every byte is unchanged.
 * @throws WireError END_OF_STREAM where the connection ends without a page, READ_TIMEOUT; whatever the connection throws.
 */
export async function uploadToPage(
  { channel, endpoint }: Connection,
  { sizeBytes, count, deadline, onMoved }: PageUpload,
): Promise<undefined> {
  const purpose = 'the page';
  await channel.write(Buffer.from(`GET / HTTP/1.1\r\nHost: ${new URL(endpoint.baseUri).host}\r\n`), deadline.again());
  const line = Buffer.from(`${'A'.repeat(sizeBytes)}\r\n`);
  for (let index = 0; index < count; index++) {
    if (index > 0) await pause(BETWEEN_MS);
    await channel.write(line, deadline.again());
    onMoved(sizeBytes);
  }
  await channel.write(Buffer.from('\r\n'), deadline.again());
  const page = await channel.source.readSome({ purpose, deadline: deadline.again() }, PAGE_MAX_BYTES);
  if (page === undefined) throw new WireError('END_OF_STREAM', purpose, 'the stream ended without it');
  await channel.source.collect({ purpose, deadline: deadline.again() }, PAGE_MAX_BYTES);
  return undefined;
}
