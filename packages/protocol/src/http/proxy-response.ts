import { omitUndefined } from '../plain-data/omit-undefined.js';
import { parseHttpResponse, sanitizeText } from './http-response.js';

/** A proxy's response to CONNECT. All text is shortened and sanitized. Plain data. */
export interface ProxyResponse {
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; the first of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The authentication schemes that it offers, as it writes them. */
  readonly schemes: readonly string[];
  /** The title of the page in it. */
  readonly title?: string;
}

/** The end of a head, also where only line feeds are used. */
const EMPTY_LINE = /\r?\n\r?\n/;

/** A proxy offers a handful of schemes; any more are ignored. */
const SCHEMES_MAX = 10;

/** Real responses have a dozen headers; each record of a run holds them. */
const HEADERS_MAX = 32;

/** The length of the head with its empty line; undefined until that has arrived. */
export function headLength(bytes: Buffer): number | undefined {
  const end = EMPTY_LINE.exec(bytes.toString('latin1'));
  return end === null ? undefined : end.index + end[0].length;
}

/** Reads a response from its bytes, whole or cut behind the status line; undefined for other bytes. */
export function parseProxyResponse(bytes: Buffer): ProxyResponse | undefined {
  const http = parseHttpResponse(bytes);
  if (http === undefined) return undefined;
  const { status, reason, headers, title } = http;
  const head = bytes.toString('latin1', 0, headLength(bytes));
  return omitUndefined({
    status,
    reason,
    headers: Object.fromEntries(Object.entries(headers).slice(0, HEADERS_MAX)),
    schemes: schemesOf(head),
    title,
  });
}

/**
 * Whether Octopus can read the head of a 200: its end must be CR LF CR LF, or it waits for one until its timeout, and
 * a space must follow the status, or it fails.
 */
export function octopusReadsProxyResponse(head: Buffer): boolean {
  const text = head.toString('latin1');
  return text.endsWith('\r\n\r\n') && /^HTTP[^ \r\n]* \d+ /.test(text);
}

/** The schemes of all Proxy-Authenticate headers, which may be one header each or a list in one. */
function schemesOf(head: string): string[] {
  const schemes = new Set<string>();
  for (const [, value = ''] of head.matchAll(/^proxy-authenticate:([^\r\n]*)/gim)) {
    // A quoted realm may contain commas and words. Of a list's parts, only a challenge begins with a word without `=`.
    for (const part of value.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').split(',')) {
      const scheme = /^\s*([A-Za-z][\w-]*)(?=\s|$)(?!\s*=)/.exec(part)?.[1];
      if (scheme !== undefined && schemes.size < SCHEMES_MAX) schemes.add(sanitizeText(scheme));
    }
  }
  return [...schemes];
}
