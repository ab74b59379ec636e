import { describe, expect, it } from 'vitest';
import { PageBuffer } from './page-buffer.js';

const MAX_BYTES = 64 * 1024;

/** Feeds a response in pieces of one size, and returns the buffer with the number of bytes that it took. */
function fed(text: string, size: number): { readonly page: PageBuffer; readonly taken: number } {
  const page = new PageBuffer();
  const bytes = Buffer.from(text, 'latin1');
  let taken = 0;
  while (page.missingBytes > 0 && taken < bytes.length) {
    const part = bytes.subarray(taken, taken + Math.min(size, page.missingBytes));
    page.push(part);
    taken += part.length;
  }
  return { page, taken };
}

describe.each([1, 3, 7, 100_000])('a response in pieces of %i bytes', (size) => {
  it.each<[string, string, number]>([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 0],
    ['without a body', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 0],
    ['that switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n', 0],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', 0],
    ['that is cut', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', 4],
  ])('%s', (_, text, missing) => {
    const { page, taken } = fed(text, size);
    expect(taken).toBe(text.length);
    expect(page.missingBytes).toBe(missing);
    expect(page.bytes.toString('latin1')).toBe(text);
  });

  it.each(['x', 'HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999999\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'])(
    'is cut at the limit: %j',
    (head) => {
      const { page, taken } = fed(head + 'x'.repeat(MAX_BYTES), Math.max(size, 100));
      expect(taken).toBe(MAX_BYTES);
      expect(page.missingBytes).toBe(0);
    },
  );
});
