/*
 * The messages of the legacy TentaclePing and TentaclePong inside TLS. They do not speak Halibut: one sends lines up to
 * an empty line, the other answers with 10 KiB and closes.
 */

/** The size of the legacy TentaclePong's response, all of one letter. */
const ANSWER_BYTES = 10 * 1024;

const LETTER = 'A';

/**
 * Whether this is a request of the legacy TentaclePing: no header except a host without its port, and then either its
 * data, one line of a single letter, or, without data, two empty lines in one piece.
 * @param head the beginning of the request, up to its first empty line or as far as it was kept.
 * @param hasMore whether more bytes followed that empty line when it was read.
 */
export function isLegacyPingRequest(head: Uint8Array, hasMore: boolean): boolean {
  const text = Buffer.from(head).toString('latin1');
  const [, data] = /^GET \/ HTTP\/1\.1\r?\nHost: [^\r\n]+\r?\n(A+)?(?:\r?\n|$)/.exec(text) ?? [];
  if (data !== undefined) return true;
  return hasMore && /^GET \/ HTTP\/1\.1\r?\nHost: (?:[^\s:]+|[^\s:]*:[^\s:]*:\S*)\r?\n\r?\n$/.test(text);
}

/** The response of the legacy TentaclePong. */
export function legacyPongResponse(): Buffer {
  return Buffer.from(`HTTP/1.0 200 OK\r\nContent-Length: ${ANSWER_BYTES}\r\n\r\n${LETTER.repeat(ANSWER_BYTES)}\r\n`);
}

/** The request of the legacy TentaclePing, without data. */
export function legacyPingRequest(host: string): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n\r\n`);
}

/** Whether this is the whole response of the legacy TentaclePong. */
export function isLegacyPongResponse(bytes: Uint8Array): boolean {
  return Buffer.from(bytes)
    .toString('latin1')
    .includes(`\r\n\r\n${LETTER.repeat(ANSWER_BYTES)}`);
}
