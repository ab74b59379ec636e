import { TextDecoder } from 'node:util';
import { detectEncoding } from 'tentacle-protocol/cli';
import { LineDecoder } from './line-decoder.js';

/** The bytes are not text. The message is one line: the kind of file, and the right input. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';
}

/** Number of bytes that decide the encoding. */
const HEAD_BYTES = 1024;

/** First bytes of files that people mistake for a log, with the right step. */
const NOT_TEXT: readonly (readonly [magic: string, reason: string])[] = [
  ['1f8b', 'is compressed with gzip; unpack it first'],
  ['504b0304', 'is a ZIP archive; unpack it first'],
  ['fd377a585a', 'is compressed with xz; unpack it first'],
  ['28b52ffd', 'is compressed with zstd; unpack it first'],
  ['377abcaf271c', 'is a 7-Zip archive; unpack it first'],
  ['456c6646696c6500', 'is a Windows event log file; export it as text (wevtutil qe FILE /lf:true /f:text)'],
  ['d4c3b2a1', 'is a network capture; use the log of Octopus or Tentacle'],
  ['0a0d0d0a', 'is a network capture; use the log of Octopus or Tentacle'],
];

/** Percentage of control characters that a text may have: a log of a crashed system contains some. */
const NON_TEXT_MAX_PERCENT = 10;

/** From this percentage on, bytes that are not UTF-8 count too: a text in a code page of Windows has no control characters. */
const BINARY_MIN_PERCENT = 2;

/**
 * Decodes the bytes of a log, in chunks of any size: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or without a
 * byte order mark. Lines in a code page of Windows are recognized, also between others.
 */
export class LogText {
  #head: Buffer[] = [];
  #headBytes = 0;
  #decoder: LineDecoder | Utf16Decoder | undefined;

  /** @throws NotTextError */
  push(bytes: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decoder.push(bytes);
    this.#head.push(Buffer.from(bytes));
    this.#headBytes += bytes.length;
    return this.#headBytes < HEAD_BYTES ? '' : this.#start();
  }

  /** Returns the rest of the text, at the end of the input. */
  end(): string {
    const text = this.#decoder === undefined ? this.#start() : '';
    return text + (this.#decoder?.end() ?? '');
  }

  #start(): string {
    const bytes = Buffer.concat(this.#head);
    this.#head = [];
    const encoding = encodingOf(bytes.subarray(0, HEAD_BYTES));
    this.#decoder = encoding === 'utf-8' ? new LineDecoder() : new Utf16Decoder(encoding);
    return this.#decoder.push(bytes);
  }
}

/** `TextDecoder` for chunks of UTF-16. */
class Utf16Decoder {
  readonly #decoder: TextDecoder;

  constructor(encoding: 'utf-16le' | 'utf-16be') {
    this.#decoder = new TextDecoder(encoding);
  }

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Buffer): Encoding {
  const hex = bytes.subarray(0, 8).toString('hex');
  for (const [magic, reason] of NOT_TEXT) if (hex.startsWith(magic)) throw new NotTextError(reason);
  const encoding = detectEncoding(bytes);
  if (encoding === 'utf-32le') throw new NotTextError('is UTF-32; save it as UTF-8 or UTF-16');
  // A chunk may end within a character, which is not an error.
  const text = new TextDecoder(encoding).decode(bytes, { stream: true });
  // eslint-disable-next-line no-control-regex -- matches exactly the characters that a text does not contain
  const controls = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  const isBinary = controls * 100 > text.length * BINARY_MIN_PERCENT;
  const nonText = controls + (isBinary ? (text.match(/\ufffd/g)?.length ?? 0) : 0);
  if (nonText * 100 > text.length * NON_TEXT_MAX_PERCENT) throw new NotTextError('is not text; use a log or a message');
  return encoding;
}
