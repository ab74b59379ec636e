import { randomBytes } from 'node:crypto';
import { hostAndPort } from '../../diagnostics/wording.js';
import { type HttpResponse, parseHttpResponse } from '../../http/http-response.js';
import type { SocketChannel } from '../../net/socket-channel.js';
import { Deadline } from '../../time/clock.js';
import { PageBuffer } from './page-buffer.js';

/** A web server that works answers in much less, and the checks of a group share nine seconds. */
export const RESPONSE_MS = 3000;

/** What arrived in reply to a request. */
export interface PageResponse {
  readonly bytes: Buffer;
  /** Undefined where the bytes are not HTTP. */
  readonly http: HttpResponse | undefined;
  /** Whether the peer closed the connection, so that waiting longer would have been in vain. */
  readonly isClosed: boolean;
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
  const page = new PageBuffer();
  try {
    const lines = Object.entries({ Host: hostOf(host, port), ...headers }).map(([name, value]) => `${name}: ${value}`);
    await channel.write(Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), deadline);
    while (page.missingBytes > 0) {
      const part = await channel.source.readSome({ purpose: 'the page', deadline }, page.missingBytes);
      if (part === undefined) break;
      page.push(part);
    }
  } catch {
    // Late, reset or canceled: the bytes that had arrived by then are the evidence.
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  const { bytes } = page;
  return { bytes, http: parseHttpResponse(bytes), isClosed: channel.source.isOver };
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

/** A response in a few words, for a sentence. */
export function describeResponse({ bytes, http, isClosed }: PageResponse): string {
  if (bytes.length === 0) return isClosed ? 'a closed connection' : `nothing within ${RESPONSE_MS / 1000} s`;
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
