/** Tags of the few ASN.1 types that are looked at. */
export const TAG = { integer: 0x02, objectId: 0x06, sequence: 0x30 } as const;

/** One tag-length-value of DER. */
export interface DerValue {
  readonly tag: number;
  /** The value's bytes: a view, not a copy. Fewer than its length says when the bytes are cut. */
  readonly content: Uint8Array;
  /** Whether all bytes that the length announces are there. */
  readonly whole: boolean;
  /** Where the next value would begin. */
  readonly next: number;
}

/**
 * The value that begins at `offset`, or undefined where none does: no bytes, a tag of several bytes, or a length that
 * DER does not have (indefinite) or that takes more than four bytes. Looks at one header only: no recursion.
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

/** Longest object identifier that is read, in bytes. Real ones take up to about 20. */
const MAX_OID_BYTES = 64;

/** An object identifier's content in dotted form (`1.2.840.113549.1.1.11`), or undefined where it is not one. */
export function readOid(content: Uint8Array): string | undefined {
  if (content.length === 0 || content.length > MAX_OID_BYTES) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  let open = false;
  for (const byte of content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    open = byte >= 0x80;
    if (open) continue;
    if (arcs.length === 0) {
      // The first number holds the first two arcs: 40 times the first, which is at most 2, plus the second.
      const first = arc < 80n ? arc / 40n : 2n;
      arcs.push(first, arc - first * 40n);
    } else arcs.push(arc);
    arc = 0n;
  }
  return open ? undefined : arcs.join('.');
}
