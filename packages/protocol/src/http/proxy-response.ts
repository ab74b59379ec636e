import { parseHttpResponse, shownText } from './http-response.js';

/** What a proxy answered to CONNECT. All text is cut and cleaned for show. Plain data. */
export interface ProxyResponse {
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; the first of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The authentication schemes that it offers, as it writes them. */
  readonly schemes: readonly string[];
  /** The title of the page that came with it. */
  readonly title?: string;
}

/** The end of a head, also where only line feeds are used. */
const EMPTY_LINE = /\r?\n\r?\n/;

/** A proxy offers a handful of schemes; what comes beyond is noise. */
const SCHEMES_MAX = 10;

/** Real answers have a dozen headers; each record of a run holds them. */
const HEADERS_MAX = 32;

/** The length of the head with its empty line; undefined while that has not come. */
export function headLength(bytes: Buffer): number | undefined {
  const end = EMPTY_LINE.exec(bytes.toString('latin1'));
  return end === null ? undefined : end.index + end[0].length;
}

/** Read an answer from its bytes, whole or cut behind the status line; undefined when they are no HTTP response. */
export function parseProxyResponse(bytes: Buffer): ProxyResponse | undefined {
  const http = parseHttpResponse(bytes);
  if (http === undefined) return undefined;
  const { status, reason, headers, title } = http;
  const head = bytes.toString('latin1', 0, headLength(bytes));
  return {
    status,
    reason,
    headers: Object.fromEntries(Object.entries(headers).slice(0, HEADERS_MAX)),
    schemes: schemesOf(head),
    ...(title === undefined ? {} : { title }),
  };
}

/**
 * Whether Octopus can read the head of a 200: its end must be CR LF CR LF, or it waits for one until its time-out, and
 * a blank must stand behind the status, or it fails on the missing one.
 */
export function octopusReadsProxyResponse(head: Buffer): boolean {
  const text = head.toString('latin1');
  return text.endsWith('\r\n\r\n') && /^HTTP[^ \r\n]* \d+ /.test(text);
}

/** The schemes of all Proxy-Authenticate headers, which may be one header each or a list in one. */
function schemesOf(head: string): string[] {
  const schemes = new Set<string>();
  for (const [, value = ''] of head.matchAll(/^proxy-authenticate:([^\r\n]*)/gim)) {
    // A quoted realm may hold commas and words; of a list's parts only a challenge begins with a word and no `=`.
    for (const part of value.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').split(',')) {
      const scheme = /^\s*([A-Za-z][\w-]*)(?=\s|$)(?!\s*=)/.exec(part)?.[1];
      if (scheme !== undefined && schemes.size < SCHEMES_MAX) schemes.add(shownText(scheme));
    }
  }
  return [...schemes];
}
