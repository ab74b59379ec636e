import { randomBytes } from 'node:crypto';
import { hostAndPort } from '../../diagnostics/wording.js';
import { type HttpResponse, parseHttpResponse } from '../../http/http-response.js';
import type { SocketChannel } from '../../net/socket-channel.js';
import { Deadline } from '../../time/clock.js';

/** A web server that works answers in much less, and the checks of a group share nine seconds. */
export const RESPONSE_MS = 3000;

/** The document at /api is 10 KB, and a page of a gateway up to 100 KB; its beginning is enough. */
const RESPONSE_MAX_BYTES = 64 * 1024;

/** What arrived in reply to a request. */
export interface PageResponse {
  readonly bytes: Buffer;
  /** Undefined where the bytes are not HTTP. */
  readonly http: HttpResponse | undefined;
}

/** The headers of a request for a page. */
export interface PageRequest {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a GET request, and reads the response until it is complete, for three seconds and 64 KB at most. It never throws. */
export async function requestPage(
  channel: SocketChannel,
  { host, port, path, headers = { Connection: 'close' } }: PageRequest,
  signal: AbortSignal,
): Promise<PageResponse> {
  const deadline = Deadline.inMs(RESPONSE_MS);
  const cancel = (): void => channel.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const parts: Buffer[] = [];
  let length = 0;
  try {
    const lines = Object.entries({ Host: hostOf(host, port), ...headers }).map(([name, value]) => `${name}: ${value}`);
    await channel.write(Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), deadline);
    while (length < RESPONSE_MAX_BYTES && !isComplete(Buffer.concat(parts))) {
      const part = await channel.source.readSome({ purpose: 'the page', deadline }, RESPONSE_MAX_BYTES - length);
      if (part === undefined) break;
      parts.push(part);
      length += part.length;
    }
  } catch {
    // Late, reset or canceled: the bytes that had arrived by then are the evidence.
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  const bytes = Buffer.concat(parts);
  return { bytes, http: parseHttpResponse(bytes) };
}

/** The headers with which a Tentacle asks for WebSockets. */
export function upgradeHeaders(): { readonly headers: Readonly<Record<string, string>>; readonly key: string } {
  const key = randomBytes(16).toString('base64');
  return {
    key,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Protocol': 'Octopus',
    },
  };
}

const HTTPS_PORT = 443;

/** As web clients write it: without the default port. */
function hostOf(host: string, port: number): string {
  return hostAndPort({ host, port }).replace(new RegExp(`:${HTTPS_PORT}$`), '');
}

/** Whether nothing of the response can follow: its length has arrived, its last chunk, or a head that has no body. */
function isComplete(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end);
  if (/^HTTP\/1\.\d (?:1\d\d|204|304)/.test(head)) return true;
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return bytes.length >= end + 4 + Number(length);
  return /^transfer-encoding:.*chunked/im.test(head) && text.endsWith('\r\n0\r\n\r\n');
}

/** A response in a few words, for a sentence. */
export function describeResponse({ bytes, http }: PageResponse): string {
  if (bytes.length === 0) return `nothing within ${RESPONSE_MS / 1000} s`;
  if (http === undefined) return 'bytes that are not HTTP';
  const { status, reason, headers, title } = http;
  const location = headers['location'];
  const server = headers['server'] ?? headers['via'];
  return [
    `HTTP ${status}`,
    ...(location === undefined ? [] : [`to ${location}`]),
    ...(title === undefined || title === '' ? (reason === '' ? [] : [reason]) : [`"${title}"`]),
    ...(server === undefined || server === '' ? [] : [`(${server})`]),
  ].join(' ');
}
