/** A longer text is more likely to occur once. The names of types and members are shorter, ids of calls are longer. */
export const KNOWN_TEXT_MAX_BYTES = 64;

/** A power of two. A round trip has about 50 texts: names, types and settings, the same ones each time. */
const SLOTS = 512;

/** Texts that were read before, each at a place that follows from its bytes. A text that falls on a taken place takes it. */
const texts: (string | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

/**
 * The text of at most {@link KNOWN_TEXT_MAX_BYTES} bytes in UTF-8. The same bytes return the same string, which is then compared by
 * its address. New strings for each request took 8 us of a round trip. A peer that sends other texts can only
 * make this as slow as it was; a text is returned for exactly its own bytes.
 */
export function knownText(bytes: Buffer, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  const slot = hash & (SLOTS - 1);
  const known = texts[slot];
  if (known !== undefined && isTextOf(known, bytes, start, end)) return known;
  const text = bytes.toString('utf8', start, end);
  if (isTextOf(text, bytes, start, end)) texts[slot] = text;
  return text;
}

/** Whether the bytes are exactly this text. Of ASCII only: any other text has more bytes than characters, or is none. */
function isTextOf(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
