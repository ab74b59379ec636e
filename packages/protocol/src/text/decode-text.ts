/** Encodings of text files, by the names of `TextDecoder`; and UTF-32, which it does not know. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'windows-1252';

/**
 * The encoding of a text that begins with these bytes, by its byte order mark, or by the zeros of UTF-16 without one. `>` and
 * `Out-File` in Windows PowerShell write UTF-16, `Set-Content -Encoding` any of them.
 */
export function detectEncoding(head: Uint8Array): Exclude<TextEncoding, 'windows-1252'> {
  const hex = Buffer.from(head.subarray(0, 4)).toString('hex');
  if (hex === 'fffe0000') return 'utf-32le';
  if (hex.startsWith('fffe')) return 'utf-16le';
  if (hex.startsWith('feff')) return 'utf-16be';
  return utf16WithoutMark(head) ?? 'utf-8';
}

/**
 * The text of a whole file, without its byte order mark. Bytes that are not UTF-8 are read as Windows-1252, the most common
 * of the encodings that `Set-Content` uses in Windows PowerShell.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = detectEncoding(bytes);
  if (encoding === 'utf-32le') return decodeUtf32(bytes.subarray(4));
  try {
    return new TextDecoder(encoding, { fatal: encoding === 'utf-8' }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** In English text every other byte of UTF-16 is zero. */
function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
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

function decodeUtf32(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.byteLength; at += 4) {
    const code = view.getUint32(at, true);
    text += code > 0x10_ffff ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
}
