import { type HttpResponse, parseHttpResponse } from './http-response.js';

/** The program that a page from a Halibut port was identified as. */
export type PageSource =
  | 'tentacle'
  | 'octopus-server'
  /** The web portal and REST API of an Octopus Server. */
  | 'octopus-portal'
  | 'pong'
  | 'ping'
  | 'legacy-pong'
  | 'halibut'
  | 'web-server'
  | 'unknown';

/** Whether a page belongs to a program that speaks HTTP and nothing else: its port takes no identity. */
export function isWebPage(author: string | undefined): boolean {
  return author === 'web-server' || author === 'octopus-portal';
}

export interface Page {
  readonly author: PageSource;
  /** The HTTP response; absent when the bytes are not HTTP. */
  readonly http?: HttpResponse;
}

/** The mark in pong's page, by which ping identifies it. */
export const PONG_PAGE_MARK = 'tentacle-pong';

/** The mark in the page of `tentacle-ping --listen`. */
export const PING_PAGE_MARK = 'tentacle-ping';

/** The label of the received client certificate in pong's page. */
export const PONG_PAGE_CERTIFICATE = 'Client certificate';

/** The label in pong's page of whether it accepts a message exchange with that certificate, or without one. */
export const PONG_PAGE_TRUST = 'Accepted for calls';

/** Whether pong accepts calls over the connection, according to its page; undefined when it is not stated. */
export function isTrustedOn(html: string): boolean | undefined {
  const [, answer] = new RegExp(`${PONG_PAGE_TRUST}</th><td>(yes|no)<`).exec(html) ?? [];
  return answer === undefined ? undefined : answer === 'yes';
}

/** The client certificate that pong received, according to its page: null for none, undefined when it is not stated. */
export function clientCertificateOn(html: string): string | null | undefined {
  const [, thumbprint] = new RegExp(`${PONG_PAGE_CERTIFICATE}</th><td>([0-9A-F]{40}|none)<`).exec(html) ?? [];
  return thumbprint === 'none' ? null : thumbprint;
}

/** The start of the legacy TentaclePong's response: 10 KiB of one letter. */
const ORIGINAL_PONG_BODY = /^A{1000,}/;

/**
 * Renders the page with which a listener answers anything but `MX`, in the real listener's form: HTTP/1.0, the body, an empty
 * line. One buffer, so one TLS record, as the oldest services send it.
 */
export function renderLandingPage(html: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const body = Buffer.from(html);
  const head = [
    'HTTP/1.0 200 OK',
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body, Buffer.from('\r\n\r\n')]);
}

/** Identifies the program that sent a page. A page of status 200 without a known mark may be a Halibut listener's own. */
export function identifyPage(bytes: Uint8Array): Page {
  const http = parseHttpResponse(bytes);
  if (http === undefined) return { author: 'unknown' };
  return { author: authorOf(http), http };
}

function authorOf(http: HttpResponse): PageSource {
  const { body } = http;
  if (http.version === '1.0' && http.status === 200) {
    // If the page has a title, only the title counts: a list of files may contain any name.
    if ((http.title ?? body).includes(PONG_PAGE_MARK)) return 'pong';
    if ((http.title ?? '').includes(PING_PAGE_MARK)) return 'ping';
    if (/Octopus Tentacle/i.test(body)) return 'tentacle';
    if (/Octopus (Deploy )?Server/i.test(body)) return 'octopus-server';
    if (ORIGINAL_PONG_BODY.test(body.trimStart())) return 'legacy-pong';
    // The real library writes these two headers and no others, unless its host adds some.
    const names = Object.keys(http.headers).sort().join();
    if (names === 'content-length,content-type' && http.headers['server'] === undefined) return 'halibut';
  }
  return isPortal(http) ? 'octopus-portal' : 'web-server';
}

/**
 * Whether the page is from Octopus's web portal, or its REST API. Octopus Server names its node in a header of its own;
 * pages of older versions have the product's name as their title.
 */
function isPortal({ headers, title = '', body }: HttpResponse): boolean {
  if (headers['octopus-node'] !== undefined) return true;
  return /^Octopus Deploy\b/.test(title.trim()) || /"Application"\s*:\s*"Octopus Deploy"/.test(body);
}
