import { isIP, type Socket } from 'node:net';
import { Deadline } from '../time/clock.js';
import type { ProxyFacts, ConnectionTrace } from '../trace.js';
import type { Secret } from '../identity/secret.js';
import {
  headLength,
  octopusReadsProxyResponse,
  parseProxyResponse,
  type ProxyResponse,
} from '../http/proxy-response.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { maskSecrets } from '../text/mask-secrets.js';
import { type ReadResult, readUntil } from './read-until.js';
import { ProxyError } from './transport-error.js';

/** An HTTP proxy, as Octopus uses one: in plain text, and with Basic authentication only. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** Without a user no credentials are sent, as with the real library. */
  readonly user?: string;
  readonly password?: Secret;
}

/** Octopus reads a head of any length; the longest of real proxies are a few kilobytes, cookies and all. */
const HEAD_MAX_BYTES = 16 * 1024;

/** Enough of an error page for its title. */
const PAGE_MAX_BYTES = 4096;

/** A page follows its head at once. It is only evidence, and not worth a longer wait. */
const PAGE_MS = 250;

/** A password of this length or more is also masked without the user before it. */
const PASSWORD_MIN_CHARS = 4;

/** The tunnel to open, and its limits. */
export interface TunnelOptions {
  readonly proxy: HttpProxy;
  readonly target: { readonly host: string; readonly port: number };
  readonly trace: ConnectionTrace;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * Requests a tunnel to the target from the proxy, and records its response on the trace. The socket is left ready for
 * TLS, with the bytes after the response put back.
 * @returns the bytes after the response, as evidence: a TLS peer sends none before the ClientHello.
 * @throws ProxyError with the response or its bytes; TransportError CANCELLED. The socket is destroyed.
 */
export async function openTunnel(socket: Socket, options: TunnelOptions): Promise<Buffer> {
  const { proxy, target, trace, deadline, signal } = options;
  try {
    if (!socket.destroyed) socket.write(connectRequest(proxy, target));
    const { bytes, ending } = await readUntil(socket, deadline, signal, isDecided);
    const length = headLength(bytes) ?? bytes.length;
    const head = bytes.subarray(0, length);
    const bytesAfterHead = bytes.subarray(length);
    const answer = parseProxyResponse(withoutCredentials(head, proxy));
    const isOpen =
      ending === 'enough' && answer?.status === 200 && length <= HEAD_MAX_BYTES && octopusReadsProxyResponse(head);
    if (isOpen) {
      trace.record({ proxy: { ...proxyFacts(proxy), answer } });
      if (bytesAfterHead.length > 0) socket.unshift(bytesAfterHead);
      return bytesAfterHead;
    }
    const missing = ending === 'enough' ? pageLength(answer) - bytesAfterHead.length : 0;
    const page = await readPage(socket, missing, deadline, signal);
    const received = withoutCredentials(Buffer.concat([bytes, page]), proxy);
    const response = parseProxyResponse(received);
    if (response !== undefined) trace.record({ proxy: { ...proxyFacts(proxy), answer: response } });
    throw proxyError({ ending, bytes, response, received });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Returns what is known of a proxy before it has responded. */
export function proxyFacts({ host, port, user, password }: HttpProxy): ProxyFacts {
  const beyondAscii = /[^\0-\x7f]/.test(`${user ?? ''}${password?.reveal() ?? ''}`);
  return omitUndefined({ host, port, user, beyondAscii: user !== undefined && beyondAscii ? true : undefined });
}

/**
 * Returns untrusted bytes fit for a report: the peer may repeat what was sent to it, so the credentials become `***`, in
 * whatever encoding a header or a page may repeat them.
 */
export function withoutCredentials(bytes: Buffer, { user, password }: HttpProxy): Buffer {
  if (user === undefined || password === undefined) return bytes;
  const plain = password.reveal();
  const secrets = [ascii(`${user}:${plain}`), `${user}:${plain}`];
  // A shorter one occurs in any text by chance.
  if (plain.length >= PASSWORD_MIN_CHARS) secrets.push(plain, ascii(plain));
  return maskSecrets(bytes, secrets);
}

/** The request, byte for byte as the real library writes it. */
function connectRequest({ user, password }: HttpProxy, { host, port }: { host: string; port: number }): string {
  const authority = ascii(`${isIP(host) === 6 ? `[${host}]` : host}:${port}`);
  const authorization = user === undefined ? '' : `Proxy-Authorization: Basic ${basic(user, password)}\r\n`;
  return `CONNECT ${authority} HTTP/1.0\r\nHost: ${authority}\r\n${authorization}\r\n`;
}

function basic(user: string, password: Secret | undefined): string {
  return Buffer.from(ascii(`${user}:${password?.reveal() ?? ''}`)).toString('base64');
}

/** The real library writes ASCII, and a question mark for each character beyond it. */
function ascii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, '?');
}

/** Whether further bytes cannot change how the response is judged. */
function isDecided(bytes: Buffer): boolean {
  return !beginsAsHttp(bytes) || bytes.length > HEAD_MAX_BYTES || headLength(bytes) !== undefined;
}

function beginsAsHttp(bytes: Buffer): boolean {
  return 'HTTP/'.startsWith(bytes.toString('latin1', 0, 5));
}

/** Returns how much of a page is worth reading: as much as its head announces, up to a limit. */
function pageLength(answer: ProxyResponse | undefined): number {
  return Math.min(Number(answer?.headers['content-length'] ?? Number.POSITIVE_INFINITY), PAGE_MAX_BYTES);
}

/** Reads the rest of a page, or of a response that is not HTTP, as far as it arrives in a moment. */
async function readPage(socket: Socket, missing: number, deadline: Deadline, signal: AbortSignal): Promise<Buffer> {
  // Not a number where the head announces nonsense.
  if (!(missing > 0)) return Buffer.alloc(0);
  const { bytes } = await readUntil(socket, deadline.orInMs(PAGE_MS), signal, ({ length }) => length >= missing);
  return bytes;
}

function proxyError(outcome: {
  readonly ending: ReadResult['ending'];
  readonly bytes: Buffer;
  readonly response: ProxyResponse | undefined;
  readonly received: Buffer;
}): ProxyError {
  const { ending, bytes, response, received } = outcome;
  const evidence = { received, receivedBytes: bytes.length };
  if (bytes.length > 0 && !beginsAsHttp(bytes)) return new ProxyError('PROXY_NOT_HTTP', evidence);
  if (ending instanceof Error)
    return new ProxyError((ending as NodeJS.ErrnoException).code ?? 'ECONNRESET', evidence, ending);
  if (ending === 'closed') return new ProxyError('PROXY_CLOSED', evidence);
  if (ending === 'timed-out') return new ProxyError('PROXY_TIMEOUT', evidence);
  if ((headLength(bytes) ?? bytes.length) > HEAD_MAX_BYTES) return new ProxyError('PROXY_TOO_LONG', evidence);
  if (response === undefined) return new ProxyError('PROXY_NOT_HTTP', evidence);
  return new ProxyError(response.status === 200 ? 'PROXY_UNREADABLE' : 'PROXY_REFUSED', evidence);
}
