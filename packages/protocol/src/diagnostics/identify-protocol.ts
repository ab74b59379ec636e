import { singleLine } from '../text/sanitize.js';
import { parseHttpResponse } from '../http/http-response.js';
import { identifyAppliance } from './fingerprints.js';
import { identifyBanner } from './protocol-banners.js';

/** The protocol spoken on a port that should speak TLS, identified by its first bytes. */
export interface IdentifiedProtocol {
  /** `HTTP`, `SSH`, ... or `unknown`. */
  readonly protocol: string;
  /** A noun phrase: `HTTP 400 Bad Request, page "..."`, `SSH-2.0-OpenSSH_9.2p1`. */
  readonly detail: string;
}

/** TLS record types 20 to 24, then major version 3. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  const [type = 0, major] = bytes;
  return type >= 20 && type <= 24 && (bytes.length < 2 || major === 3);
}

/** Identifies a protocol by the first bytes received; undefined if there are none. */
export function identifyProtocol(bytes: Uint8Array): IdentifiedProtocol | undefined {
  if (bytes.length === 0) return undefined;
  const http = parseHttpResponse(bytes);
  if (http !== undefined) {
    const { server, via } = http.headers;
    const appliance = identifyAppliance(http);
    const parts = [
      `HTTP ${http.status} ${http.reason}`.trim(),
      ...(http.title === undefined ? [] : [`page "${http.title}"`]),
      ...(server === undefined ? [] : [`server ${server}`]),
      ...(via === undefined ? [] : [`via ${via}`]),
      ...(appliance === undefined ? [] : [`typical of ${appliance}`]),
    ];
    return { protocol: 'HTTP', detail: parts.join(', ') };
  }
  const page = bareTitle(bytes);
  if (page !== undefined)
    return { protocol: 'HTTP', detail: `a bare web page${page === '' ? '' : `, titled "${page}"`}` };
  const socks = socksVersion(bytes);
  if (socks !== undefined) return { protocol: 'SOCKS', detail: `a SOCKS${socks} response (${printableBytes(bytes)})` };
  if (looksLikeTls(bytes)) return { protocol: 'TLS', detail: 'bytes in the form of TLS records' };
  const banner = identifyBanner(bytes);
  if (banner !== undefined) return banner;
  return { protocol: 'unknown', detail: `first bytes ${printableBytes(bytes)}` };
}

/** The SOCKS version of which these bytes are a complete response: method or reply of version 5, reply of version 4. */
function socksVersion(bytes: Uint8Array): 4 | 5 | undefined {
  const [first, second = 0] = bytes;
  // Method selection (none, GSSAPI, password, or none acceptable); replies with an IPv4 or IPv6 address.
  if (first === 5 && bytes.length === 2 && [0, 1, 2, 0xff].includes(second)) return 5;
  if (first === 5 && second <= 8 && bytes[2] === 0 && bytes.length === { 1: 10, 4: 22 }[bytes[3] ?? 0]) return 5;
  return first === 0 && second >= 0x5a && second <= 0x5d && [2, 8].includes(bytes.length) ? 4 : undefined;
}

/** The first bytes as text where they are text, otherwise in hex; at most 60 characters. */
export function printableBytes(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 60));
  const text = head.toString('latin1');
  return /^[\t\r\n\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : head.subarray(0, 30).toString('hex');
}

/** The title of a page without HTTP headers, as some web servers send to an invalid request; empty if it has none. */
function bareTitle(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  if (!/^\s*<(!doctype html|html|head)[\s>]/i.test(text)) return undefined;
  return singleLine(/<title[^>]*>([^<]{0,200})/i.exec(text)?.[1] ?? '');
}
