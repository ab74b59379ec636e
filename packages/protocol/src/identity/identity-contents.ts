import { decodeText } from '../text/decode-text.js';
import { readDer, TAG } from './der.js';

/** One PEM block, from `-----BEGIN …-----` to `-----END …-----`. */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, … */
  readonly label: string;
  /** The whole block, including its BEGIN and END lines. */
  readonly text: string;
}

/** The contents of a file, by its bytes and not by its name: a PFX may be named .cer, and a PEM .pfx. */
export type IdentityContents =
  | { readonly kind: 'pem'; readonly blocks: readonly PemBlock[] }
  /** PEM whose block with this label has no END line. */
  | { readonly kind: 'truncated-pem'; readonly label: string }
  | { readonly kind: 'pfx'; readonly bytes: Buffer }
  | { readonly kind: 'der-certificate' | 'der-key' | 'pkcs7' | 'unknown' };

/** Identifies what a file holds from its bytes, in time proportional to their number. Never throws. */
export function identifyContents(bytes: Buffer): IdentityContents {
  const der = identifyDer(bytes);
  if (der !== undefined) return der;
  const text = decodeText(bytes);
  if (text.includes(BEGIN)) return splitPem(text);
  // `Tentacle new-certificate --export-file` writes a PFX as one line of base64.
  if (/^[A-Za-z0-9+/=\s]+$/.test(text)) return identifyDer(Buffer.from(text, 'base64')) ?? { kind: 'unknown' };
  return { kind: 'unknown' };
}

function identifyDer(bytes: Buffer): IdentityContents | undefined {
  // A streamed PFX (Java, NSS) has no lengths: SEQUENCE of indefinite length, then version 3.
  if (bytes.subarray(0, 5).equals(Buffer.of(TAG.sequence, 0x80, TAG.integer, 1, 3))) return { kind: 'pfx', bytes };
  const outer = readDer(bytes);
  const first = outer?.tag === TAG.sequence ? readDer(outer.content) : undefined;
  switch (first?.tag) {
    case TAG.integer: // A version: PFX has 3; PKCS#1 and PKCS#8 keys have 0, EC keys 1.
      return first.content[0] === 3 ? { kind: 'pfx', bytes } : { kind: 'der-key' };
    case TAG.objectId:
      return { kind: 'pkcs7' };
    case TAG.sequence: // The signed part of a certificate begins with [0] version or a serial; an encrypted key names its cipher.
      return { kind: readDer(first.content)?.tag === TAG.objectId ? 'der-key' : 'der-certificate' };
    default:
      return undefined;
  }
}

const BEGIN = '-----BEGIN ';

// Uses indexOf: a regular expression would take quadratic time for a file with many BEGIN lines and no END line.
function splitPem(text: string): IdentityContents {
  const blocks: PemBlock[] = [];
  let at = text.indexOf(BEGIN);
  while (at >= 0) {
    // 40: labels are words such as ENCRYPTED PRIVATE KEY.
    const label = /^[A-Z0-9 ]{1,40}(?=-----)/.exec(text.slice(at + BEGIN.length, at + BEGIN.length + 45))?.[0] ?? '';
    const endLine = `-----END ${label}-----`;
    const end = text.indexOf(endLine, at);
    if (end < 0) return { kind: 'truncated-pem', label };
    blocks.push({ label, text: `${text.slice(at, end + endLine.length)}\n` });
    at = text.indexOf(BEGIN, end + endLine.length);
  }
  return { kind: 'pem', blocks };
}
