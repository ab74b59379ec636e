import { singleLine } from '../text/sanitize.js';

/** What a web server, proxy or appliance said, as far as its first bytes tell. All text is cut and cleaned for show. */
export interface HttpResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Lower-case names; the first of each. */
  readonly headers: Readonly<Record<string, string>>;
  /** The page's `<title>`, when it has come. */
  readonly title?: string;
  readonly body: string;
  /** The beginning of what a reader of the page sees. */
  readonly text: string;
}

const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3})[^\S\r\n]?([^\r\n]*)/;

/** Enough of a page for its first words, behind its head. */
const TEXT_FROM_CHARS = 4096;

/** A header or a title is shown on one line of a terminal: cut at this, control characters removed. */
const SHOWN_MAX_CHARS = 200;

/** Read an HTTP response from its first bytes, whole or cut; undefined when they are no HTTP response. */
export function parseHttpResponse(bytes: Uint8Array): HttpResponse | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const status = STATUS_LINE.exec(text);
  if (status === null) return undefined;
  const [head = '', ...bodies] = text.split(/\r?\n\r?\n/);
  const body = bodies.join('\n\n');
  const title = /<title[^>]*>([^<]{0,1000})/i.exec(body)?.[1];
  return {
    version: status[1] ?? '',
    status: Number(status[2]),
    reason: shownText(status[3] ?? ''),
    headers: headersOf(head),
    ...(title === undefined ? {} : { title: shownText(title) }),
    body,
    text: shownText(body.slice(0, TEXT_FROM_CHARS).replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')),
  };
}

function headersOf(head: string): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  for (const line of head.split(/\r?\n/).slice(1, 101)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers[name] ??= shownText(line.slice(colon + 1));
  }
  return headers;
}

/** Text of a stranger made fit for one line: no control characters, no bidirectional marks, cut. */
export function shownText(text: string): string {
  return singleLine(text, SHOWN_MAX_CHARS);
}
