/** A thumbprint as certificates of Octopus have it: SHA-1, in upper-case hexadecimal digits. */
const THUMBPRINT = /\b[0-9A-F]{40}\b/g;

/** As many digits as tell two thumbprints apart at a glance: `D9D25A34..1F6E`. */
export function shortThumbprint(thumbprint: string): string {
  return thumbprint.length <= 16 ? thumbprint : `${thumbprint.slice(0, 8)}..${thumbprint.slice(-4)}`;
}

/** The text with short thumbprints, except where the whole one is to be kept. */
export function shortenThumbprints(text: string, isKept: (thumbprint: string) => boolean = () => false): string {
  return text.replaceAll(THUMBPRINT, (thumbprint) => (isKept(thumbprint) ? thumbprint : shortThumbprint(thumbprint)));
}
