import { type HttpAnswer, parseHttpAnswer } from './http-answer.js';

/** Who wrote a page that was read behind the TLS of a Halibut port. */
export type PageAuthor =
  | 'tentacle'
  | 'octopus-server'
  | 'pong'
  | 'ping'
  | 'original-pong'
  | 'halibut'
  | 'web-server'
  | 'unknown';

export interface Page {
  readonly author: PageAuthor;
  /** The HTTP answer, when it is one. */
  readonly http?: HttpAnswer;
}

/** What pong puts into its page, and by which ping knows it. */
export const PONG_PAGE_MARK = 'tentacle-pong';

/** What `tentacle-ping --listen` puts into its page. */
export const PING_PAGE_MARK = 'tentacle-ping';

/** How pong's page calls the client certificate that came to it. */
export const PONG_PAGE_CERTIFICATE = 'Client certificate';

/** What pong's page says of the client certificate that came with the request: null for none, undefined for no word. */
export function clientCertificateOn(html: string): string | null | undefined {
  const [, said] = new RegExp(`${PONG_PAGE_CERTIFICATE}</th><td>([0-9A-F]{40}|none)<`).exec(html) ?? [];
  return said === 'none' ? null : said;
}

/** The original TentaclePong answers with 10 KiB of this letter. */
const ORIGINAL_PONG_BODY = /^A{1000,}/;

/**
 * The page that a listener answers to anything but `MX`, in the real listener's form: HTTP/1.0, the body, an empty
 * line. One buffer, so one record; the oldest services do the same.
 */
export function friendlyPage(html: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const body = Buffer.from(html);
  const head = [
    'HTTP/1.0 200 OK',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body, Buffer.from('\r\n\r\n')]);
}

/** Tell who wrote a page from its bytes. A page of 200 that nobody is known by may be a Halibut listener's own words. */
export function recognisePage(bytes: Uint8Array): Page {
  const http = parseHttpAnswer(bytes);
  if (http === undefined) return { author: 'unknown' };
  return { author: authorOf(http), http };
}

function authorOf(http: HttpAnswer): PageAuthor {
  const { body } = http;
  if (http.version === '1.0' && http.status === 200) {
    // Of a page with a title, that: a list of files may hold anything.
    if ((http.title ?? body).includes(PONG_PAGE_MARK)) return 'pong';
    if ((http.title ?? '').includes(PING_PAGE_MARK)) return 'ping';
    if (/Octopus Tentacle/i.test(body)) return 'tentacle';
    if (/Octopus (Deploy )?Server/i.test(body)) return 'octopus-server';
    if (ORIGINAL_PONG_BODY.test(body.trimStart())) return 'original-pong';
    // The real library writes these two headers and no others, unless its host adds some.
    const names = Object.keys(http.headers).sort().join();
    if (names === 'content-length,content-type' && http.headers['server'] === undefined) return 'halibut';
  }
  return 'web-server';
}
