import { TextDecoder } from 'node:util';
import { translateSocketTexts } from 'tentacle-protocol/diagnostics';

/** Code pages of Windows in which programs write logs; the first one is by far the most common. */
const CODE_PAGES = ['windows-1252', 'windows-1251', 'windows-1250', 'windows-1254', 'shift_jis', 'gbk', 'euc-kr'];

const LINE_FEED = 0x0a;

/** A longer line without a line feed is decoded in pieces. */
const LINE_MAX_BYTES = 64 * 1024;

/** Decodes UTF-8 in chunks of any size. A line that is not UTF-8 is decoded in the code page that fits it best. */
export class LineDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #isFirst = true;

  push(bytes: Uint8Array): string {
    const buffer = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const end = buffer.lastIndexOf(LINE_FEED) + 1;
    if (buffer.length - end <= LINE_MAX_BYTES) {
      this.#rest = buffer.subarray(end);
      return this.#decode(buffer.subarray(0, end));
    }
    const whole = buffer.length - incompleteBytes(buffer);
    this.#rest = buffer.subarray(whole);
    return this.#decode(buffer.subarray(0, whole));
  }

  /** Returns the rest of the text, at the end of the input. */
  end(): string {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return this.#decode(rest);
  }

  #decode(bytes: Buffer): string {
    if (bytes.length === 0) return '';
    const text = decodeUtf8(bytes) ?? linesOf(bytes).map(decodeLine).join('');
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst && text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

/** Undefined if the bytes are not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  while (from < bytes.length) {
    const at = bytes.indexOf(LINE_FEED, from);
    const to = at < 0 ? bytes.length : at + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function decodeLine(line: Buffer): string {
  const utf8 = decodeUtf8(line);
  if (utf8 !== undefined) return utf8;
  const texts = CODE_PAGES.map((encoding) => new TextDecoder(encoding).decode(line));
  return texts.find((text) => translateSocketTexts(text) !== text) ?? texts[0] ?? '';
}

/** Number of bytes at the end that are the beginning of a letter in UTF-8: at most 3. */
function incompleteBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
