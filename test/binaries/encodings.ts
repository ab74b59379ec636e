/** What writes a text file on Windows, and the bytes it writes for these lines. */
export const ENCODINGS: readonly (readonly [by: string, encode: (text: string) => Buffer])[] = [
  ['a Unix editor: UTF-8', (text) => Buffer.from(text)],
  ['Set-Content -Encoding UTF8: UTF-8 with a mark', (text) => Buffer.from(`\ufeff${withCrLf(text)}`)],
  ['> and Out-File: UTF-16 with a mark', utf16],
  ['Set-Content -Encoding BigEndianUnicode', (text) => utf16(text).swap16()],
  ['UTF-16 without a mark', (text) => utf16(text).subarray(2)],
  ['Set-Content -Encoding UTF32', utf32],
  ['Set-Content: the Windows code page', (text) => Buffer.from(withCrLf(text), 'latin1')],
  ['no line end', (text) => Buffer.from(text.trimEnd())],
];

function withCrLf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${withCrLf(text)}`, 'utf16le');
}

function utf32(text: string): Buffer {
  return Buffer.concat(
    Array.from(`\ufeff${withCrLf(text)}`, (character) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(character.codePointAt(0) ?? 0);
      return bytes;
    }),
  );
}
