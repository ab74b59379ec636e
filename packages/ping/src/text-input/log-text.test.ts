import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LogText, NotTextError } from './log-text.js';

function decode(bytes: Uint8Array): string {
  const text = new LogText();
  return text.push(bytes) + text.end();
}

describe('text', () => {
  it.each([
    ['nothing', Buffer.alloc(0), ''],
    ['ASCII', Buffer.from('a'), 'a'],
    ['UTF-8', Buffer.from('\u00fc\u2713'), '\u00fc\u2713'],
    ['a byte order mark alone', Buffer.from([0xef, 0xbb, 0xbf]), ''],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeffError: x\r\n', 'utf16le'), 'Error: x\r\n'],
    ['UTF-16 without a byte order mark', Buffer.from('Error: x\r\n', 'utf16le'), 'Error: x\r\n'],
    ['console colors', Buffer.from('\u001b[31mred\u001b[0m text'), '\u001b[31mred\u001b[0m text'],
    ['some zeros after a crash', Buffer.from(`${'a'.repeat(100)}\0\0\0`), `${'a'.repeat(100)}\0\0\0`],
  ])('%s', (_, bytes, text) => {
    expect(decode(bytes)).toBe(text);
  });

  it('of a code page of Windows is read line by line, also between lines of UTF-8', () => {
    const text = 'Verbindung zu \u00fc abgelehnt: Connection refused';
    expect(decode(Buffer.from(text, 'latin1'))).toBe(text);
    expect(decode(Buffer.concat([Buffer.from(`${text}\n`), Buffer.from(`${text}\n`, 'latin1')]))).toBe(
      `${text}\n${text}\n`,
    );
    // Windows-1251: the text of WSAHOST_NOT_FOUND in Russian, "\u042d\u0442\u043e\u0442 \u0445\u043e\u0441\u0442 \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u0435\u043d".
    expect(decode(Buffer.from('ddf2eef220f5eef1f220ede5e8e7e2e5f1f2e5ed2e', 'hex'))).toBe(
      '\u042d\u0442\u043e\u0442 \u0445\u043e\u0441\u0442 \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u0435\u043d.',
    );
  });
});

describe('bytes that are not text', () => {
  it.each([
    ['gzip', gzipSync('x'), /gzip; unpack/],
    ['zip', Buffer.from('PK\u0003\u0004........'), /ZIP/],
    ['an event log', Buffer.from('ElfFile\0........'), /wevtutil/],
    ['a capture', Buffer.from('d4c3b2a102000400', 'hex'), /capture/],
    ['a program', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(500)]), /not text/],
    [
      'random bytes',
      Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7919 + ((i * i) % 251)) % 256)),
      /not text/,
    ],
    ['zeros', Buffer.alloc(5000), /not text/],
  ])('%s', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(NotTextError);
    expect(() => decode(bytes)).toThrow(message);
  });
});
