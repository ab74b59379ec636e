import { parseHttpAnswer } from '../wire/http-answer.js';

/** What speaks on a port that should speak TLS, as far as its first bytes tell. */
export interface WhatAnswers {
  /** `HTTP`, `SSH`, ... or `unknown`. */
  readonly protocol: string;
  /** In a few words: `HTTP 400 Bad Request, page "..."`, `SSH-2.0-OpenSSH_9.2p1`. */
  readonly detail: string;
}

/** TLS record types 20 to 24, then major version 3. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  const [type = 0, major] = bytes;
  return type >= 20 && type <= 24 && (bytes.length < 2 || major === 3);
}

/** Name what answers from its first bytes; undefined when there are none. */
export function whatAnswers(bytes: Uint8Array): WhatAnswers | undefined {
  if (bytes.length === 0) return undefined;
  const http = parseHttpAnswer(bytes);
  if (http !== undefined) {
    const server = http.headers['server'];
    const words = [
      `HTTP ${http.status} ${http.reason}`.trim(),
      ...(http.title === undefined ? [] : [`page "${http.title}"`]),
      ...(server === undefined ? [] : [`server ${server}`]),
    ];
    return { protocol: 'HTTP', detail: words.join(', ') };
  }
  const page = bareTitle(bytes);
  if (page !== undefined)
    return { protocol: 'HTTP', detail: `a bare web page${page === '' ? '' : `, titled "${page}"`}` };
  const line = firstLine(bytes);
  if (/^SSH-\d/.test(line)) return { protocol: 'SSH', detail: line };
  if (looksLikeTls(bytes)) return { protocol: 'TLS', detail: 'bytes in the form of TLS records' };
  return { protocol: 'unknown', detail: `first bytes ${printable(bytes)}` };
}

/** The first bytes as text where they are text, else in hex. At most 60 characters of each. */
export function printable(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 60));
  const text = head.toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : head.subarray(0, 30).toString('hex');
}

/** Some web servers answer what is no request with a page and no head; its title, empty when it has none. */
function bareTitle(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  if (!/^\s*<(!doctype html|html|head)[\s>]/i.test(text)) return undefined;
  return (/<title[^>]*>([^<]{0,200})/i.exec(text)?.[1] ?? '').replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
}

function firstLine(bytes: Uint8Array): string {
  const line = Buffer.from(bytes.subarray(0, 255)).toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return line.replaceAll(/[^\x20-\x7e]/g, '.');
}
