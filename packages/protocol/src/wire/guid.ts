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
 * @throws Error when it is none: 8-4-4-4-12 hexadecimal digits with dashes, either case.
 */
export function checkedGuid(text: string): string {
  if (!GUID_TEXT.test(text)) throw new Error(`not a GUID: '${text.slice(0, 64)}'`);
  return text.toLowerCase();
}

/**
 * The 16 bytes of a GUID as .NET writes them: the first three groups little-endian, the last two as they are read.
 * @param text 8-4-4-4-12 with dashes, either case.
 * @throws Error when the text is anything else.
 */
export function guidToBytes(text: string): Buffer {
  return swapGroups(Buffer.from(checkedGuid(text).replaceAll('-', ''), 'hex'));
}

/**
 * The text of a GUID from its 16 bytes in .NET's order: lower-case, with dashes.
 * @throws Error unless there are exactly 16 bytes.
 */
export function guidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== GUID_BYTES) throw new Error(`a GUID has ${GUID_BYTES} bytes, not ${bytes.length}`);
  const hex = swapGroups(Buffer.from(bytes)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Reverse, in place, the groups of 4, 2 and 2 bytes that .NET keeps as integers. Its own inverse. */
function swapGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).swap32();
  bytes.subarray(4, 8).swap16();
  return bytes;
}
