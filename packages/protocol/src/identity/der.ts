/** Tags of the ASN.1 types that are read. */
export const TAG = { integer: 0x02, objectId: 0x06, sequence: 0x30 } as const;

/** One DER value: tag, length, content. */
export interface DerValue {
  readonly tag: number;
  /** The value's bytes: a view, not a copy. Shorter than its length field if the input is truncated. */
  readonly content: Uint8Array;
  /** Whether all bytes that the length field announces are present. */
  readonly whole: boolean;
  /** Where the next value would begin. */
  readonly next: number;
}

/**
 * Reads the value at `offset`. Returns undefined for no bytes, a multi-byte tag, an indefinite length (which DER does not
 * have), or a length of more than four bytes. Reads one header only: no recursion.
 */
export function readDer(bytes: Uint8Array, offset = 0): DerValue | undefined {
  const tag = bytes[offset];
  const short = bytes[offset + 1];
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let length = short;
  let start = offset + 2;
  if (short >= 0x80) {
    const count = short - 0x80;
    if (count < 1 || count > 4 || start + count > bytes.length) return undefined;
    length = 0;
    for (const byte of bytes.subarray(start, start + count)) length = length * 256 + byte;
    start += count;
  }
  const next = start + length;
  return { tag, content: bytes.subarray(start, next), whole: next <= bytes.length, next };
}

/** The longest object identifier that is read, in bytes. Real ones have up to about 20. */
const MAX_OID_BYTES = 64;

/** Returns an object identifier's content in dotted form (`1.2.840.113549.1.1.11`), or undefined if it is malformed. */
export function readOid(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > MAX_OID_BYTES) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  let isUnfinished = false;
  for (const byte of content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    isUnfinished = byte >= 0x80;
    if (isUnfinished) continue;
    if (arcs.length === 0) {
      // The first number holds the first two arcs: 40 times the first, which is at most 2, plus the second.
      const first = arc < 80n ? arc / 40n : 2n;
      arcs.push(first, arc - first * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return isUnfinished ? undefined : arcs.join('.');
}
