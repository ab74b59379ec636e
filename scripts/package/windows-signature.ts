/** Offsets of the Portable Executable format (Microsoft's specification, "PE Format"). */
const HEADER_OFFSET = 0x3c;
const OPTIONAL_HEADER = 24;
/** In the optional header of a 64-bit image: its directories, of which the fifth is the table of certificates. */
const DIRECTORIES = 112;
const CERTIFICATES = 4;
const CHECKSUM = 64;
const PE32_PLUS = 0x20b;

/**
 * A Windows executable without its signature, which does not hold once a program is added: Windows would report it as
 * damaged in place of unsigned. The table of certificates is the end of the file.
 */
export function withoutSignature(image: Buffer): Buffer {
  const header = image.readUInt32LE(HEADER_OFFSET);
  const optional = header + OPTIONAL_HEADER;
  if (image.toString('latin1', header, header + 4) !== 'PE\0\0' || image.readUInt16LE(optional) !== PE32_PLUS)
    throw new Error('the image is not a 64-bit Windows executable');
  const entry = optional + DIRECTORIES + CERTIFICATES * 8;
  const start = image.readUInt32LE(entry);
  const size = image.readUInt32LE(entry + 4);
  if (start === 0) return image;
  if (start + size !== image.length) throw new Error('the signature is not at the end of the executable');
  const unsigned = Buffer.from(image.subarray(0, start));
  unsigned.writeUInt32LE(0, entry);
  unsigned.writeUInt32LE(0, entry + 4);
  unsigned.writeUInt32LE(0, optional + CHECKSUM);
  return unsigned;
}
