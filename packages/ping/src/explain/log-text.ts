import { TextDecoder } from 'node:util';

/** The bytes are no text. The message is one line: what they seem to be, and what would be right. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';
}

/** So many bytes decide which text it is. */
const LOOK_BYTES = 1024;

/** First bytes of what people take for a log, with what to do instead. */
const NO_TEXT: readonly (readonly [magic: string, what: string])[] = [
  ['1f8b', 'is packed by gzip; unpack it first'],
  ['504b0304', 'is a ZIP archive; unpack it first'],
  ['fd377a585a', 'is packed by xz; unpack it first'],
  ['28b52ffd', 'is packed by zstd; unpack it first'],
  ['377abcaf271c', 'is a 7-Zip archive; unpack it first'],
  ['456c6646696c6500', 'is a Windows event log file; export it as text (wevtutil qe FILE /lf:true /f:text)'],
  ['d4c3b2a1', 'is a network capture; give the log of Octopus or Tentacle'],
  ['0a0d0d0a', 'is a network capture; give the log of Octopus or Tentacle'],
];

/** Of the characters looked at, so many in a hundred may be none of a text: a log of a crashed system has some. */
const ODD_PERCENT = 10;

/**
 * Bytes of a log to text, in whatever pieces they come: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or
 * without a byte order mark. Bytes of another encoding become replacement characters; the known messages are ASCII.
 */
export class LogText {
  #looking: Buffer[] = [];
  #lookedAt = 0;
  #decoder: TextDecoder | undefined;

  /** @throws NotTextError */
  push(bytes: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decoder.decode(bytes, { stream: true });
    this.#looking.push(Buffer.from(bytes));
    this.#lookedAt += bytes.length;
    return this.#lookedAt < LOOK_BYTES ? '' : this.#begin();
  }

  /** What is left when no more comes. */
  end(): string {
    const text = this.#decoder === undefined ? this.#begin() : '';
    return text + (this.#decoder?.decode() ?? '');
  }

  #begin(): string {
    const bytes = Buffer.concat(this.#looking);
    this.#looking = [];
    this.#decoder = new TextDecoder(encodingOf(bytes.subarray(0, LOOK_BYTES)));
    return this.#decoder.decode(bytes, { stream: true });
  }
}

function encodingOf(bytes: Buffer): string {
  const hex = bytes.subarray(0, 8).toString('hex');
  for (const [magic, what] of NO_TEXT) if (hex.startsWith(magic)) throw new NotTextError(what);
  const encoding = hex.startsWith('fffe')
    ? 'utf-16le'
    : hex.startsWith('feff')
      ? 'utf-16be'
      : (markless(bytes) ?? 'utf-8');
  // A piece may end in the middle of a character, which is not odd.
  const text = new TextDecoder(encoding).decode(bytes, { stream: true });
  // eslint-disable-next-line no-control-regex -- what is not in a text is what is looked for
  const odd = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  if (odd * 100 > text.length * ODD_PERCENT) throw new NotTextError('is no text; give a log or a message');
  return encoding;
}

/** UTF-16 without its mark: of plain English every other byte is zero. */
function markless(bytes: Buffer): string | undefined {
  const pairs = Math.floor(bytes.length / 2);
  if (pairs < 2) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (bytes[2 * i] === 0) evenZeros++;
    if (bytes[2 * i + 1] === 0) oddZeros++;
  }
  if (oddZeros > pairs * 0.8 && evenZeros < pairs * 0.2) return 'utf-16le';
  return evenZeros > pairs * 0.8 && oddZeros < pairs * 0.2 ? 'utf-16be' : undefined;
}
