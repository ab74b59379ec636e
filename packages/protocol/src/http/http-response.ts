import { omitUndefined } from '../plain-data/omit-undefined.js';
import { singleLine } from '../text/sanitize.js';

/** The response of a web server, proxy or appliance, as far as its first bytes show it. All text is shortened and sanitized. */
export interface HttpResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; the first of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The page's `<title>`, if it was received. */
  readonly title?: string;
  readonly body: string;
  /** The beginning of the page's visible text. */
  readonly text: string;
}

const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3})[^\S\r\n]?([^\r\n]*)/;

/** The part of a page from which its visible text is taken: enough for its first words, behind its head. */
const TEXT_FROM_CHARS = 4096;

/** The longest header or title that is shown, on one line of a terminal. */
const SHOWN_MAX_CHARS = 200;

/** Reads an HTTP response from its first bytes, whole or cut; undefined for other bytes. */
export function parseHttpResponse(bytes: Uint8Array): HttpResponse | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const status = STATUS_LINE.exec(text);
  if (status === null) return undefined;
  const [head = '', ...bodies] = text.split(/\r?\n\r?\n/);
  const body = bodies.join('\n\n');
  const title = /<title[^>]*>([^<]{0,1000})/i.exec(body)?.[1];
  return omitUndefined({
    version: status[1] ?? '',
    status: Number(status[2]),
    reason: sanitizeText(status[3] ?? ''),
    headers: headersOf(head),
    title: title === undefined ? undefined : sanitizeText(title),
    body,
    text: sanitizeText(body.slice(0, TEXT_FROM_CHARS).replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')),
  });
}

function headersOf(head: string): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (const line of head.split(/\r?\n/).slice(1, 101)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers[name] ??= sanitizeText(line.slice(colon + 1));
  }
  return headers;
}

/** Untrusted text as one line: without control characters and bidirectional marks, shortened. */
export function sanitizeText(text: string): string {
  return singleLine(text, SHOWN_MAX_CHARS);
}
