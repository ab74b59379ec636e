/** Bytes for a report: as text, with dots for what is not printable, and in hexadecimal. */
export interface ByteExcerpt {
  readonly text: string;
  readonly hex: string;
}
