import { randomUUID } from 'node:crypto';

/** Bytes of a GUID on the wire. */
export const GUID_BYTES = 16;

const GUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A new random GUID: lower-case hexadecimal, 8-4-4-4-12 with dashes. */
export function newGuid(): string {
  return randomUUID();
}

/**
 * A GUID's text, lower-case.
 * @throws Error unless it is 8-4-4-4-12 hexadecimal digits with dashes, either case.
 */
export function parseGuid(text: string): string {
  if (!GUID_TEXT.test(text)) throw new Error(`not a GUID: '${text.slice(0, 64)}'`);
  return text.toLowerCase();
}

/** Where in its text a GUID's bytes are, in .NET's order: the first three groups little-endian. */
const TEXT_AT = [6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34];

/** The value of a hexadecimal digit, from its character code. */
function digit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

/** Write the 16 bytes of a GUID, as .NET writes them. The text must have been checked. */
export function writeGuid(text: string, bytes: Buffer, at: number): void {
  let to = at;
  for (const textAt of TEXT_AT) {
    bytes[to++] = (digit(text.charCodeAt(textAt)) << 4) | digit(text.charCodeAt(textAt + 1));
  }
}

/**
 * The 16 bytes of a GUID as .NET writes them: the first three groups little-endian, the last two as they are read.
 * @param text 8-4-4-4-12 with dashes, either case.
 * @throws Error when the text is anything else.
 */
export function guidToBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(GUID_BYTES);
  writeGuid(parseGuid(text), bytes, 0);
  return bytes;
}

/**
 * The text of a GUID from its 16 bytes in .NET's order: lower-case, with dashes.
 * @throws Error unless there are exactly 16 bytes.
 */
export function guidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== GUID_BYTES) throw new Error(`a GUID has ${GUID_BYTES} bytes, not ${bytes.length}`);
  const hex = (at: number): string => HEX[bytes[at] ?? 0] ?? '';
  const timeText = `${hex(3)}${hex(2)}${hex(1)}${hex(0)}-${hex(5)}${hex(4)}-${hex(7)}${hex(6)}`;
  return `${timeText}-${hex(8)}${hex(9)}-${hex(10)}${hex(11)}${hex(12)}${hex(13)}${hex(14)}${hex(15)}`;
}

/** The two digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
