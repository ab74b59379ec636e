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
import { readUntil } from './read-until.js';
import { ProxyError } from './transport-error.js';

/** An HTTP proxy, as Octopus uses one: spoken to in plain text, and by no scheme but Basic. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** Without a user no credentials are sent, as with the real library. */
  readonly user?: string;
  readonly password?: Secret;
}

/** Octopus reads a head of any length; the longest of real proxies are a few kilobytes, cookies and all. */
const HEAD_MAX_BYTES = 16 * 1024;

/** Enough of a refusal's page for its title. */
const PAGE_MAX_BYTES = 4096;

/** A page stands behind its head at once; it is only evidence, and worth no longer wait. */
const PAGE_MS = 250;

/** Short strings stand in any text by chance: one of this length or more is taken for the password. */
const PASSWORD_MIN_CHARS = 4;

/**
 * Ask the proxy for a tunnel to the target, and note its answer on the trace. The socket is left as it was, ready for
 * TLS, with whatever came behind the answer put back.
 * @returns what had come behind the answer, for evidence: a TLS peer says nothing before it is spoken to.
 * @throws ProxyError with the answer or its bytes; TransportError CANCELLED. The socket is destroyed.
 */
export async function openTunnel(
  socket: Socket,
  proxy: HttpProxy,
  target: { readonly host: string; readonly port: number },
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    if (!socket.destroyed) socket.write(connectRequest(proxy, target));
    const { bytes, ending } = await readUntil(socket, deadline, signal, isDecided);
    const length = headLength(bytes) ?? bytes.length;
    const head = bytes.subarray(0, length);
    const early = bytes.subarray(length);
    const answer = parseProxyResponse(withoutCredentials(head, proxy));
    const opened =
      ending === 'enough' && answer?.status === 200 && length <= HEAD_MAX_BYTES && octopusReadsProxyResponse(head);
    if (opened) {
      trace.record({ proxy: { ...proxyFacts(proxy), answer } });
      if (early.length > 0) socket.unshift(early);
      return early;
    }
    const page = ending === 'enough' ? await restOfPage(socket, early, answer, deadline, signal) : Buffer.alloc(0);
    const received = withoutCredentials(Buffer.concat([bytes, page]), proxy);
    const whole = parseProxyResponse(received);
    if (whole !== undefined) trace.record({ proxy: { ...proxyFacts(proxy), answer: whole } });
    throw proxyError(ending, bytes, whole, received);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** What is known of a proxy before it has said anything. */
export function proxyFacts({ host, port, user, password }: HttpProxy): ProxyFacts {
  const beyondAscii = /[^\0-\x7f]/.test(`${user ?? ''}${password?.reveal() ?? ''}`);
  return {
    host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(user !== undefined && beyondAscii ? { beyondAscii } : {}),
  };
}

/**
 * Bytes of a stranger that may repeat what was sent to it, made fit for a report: the credentials become `***`, both
 * as they are and as they were sent.
 */
export function withoutCredentials(bytes: Buffer, { user, password }: HttpProxy): Buffer {
  if (user === undefined || password === undefined) return bytes;
  const plain = password.reveal();
  const sent = basic(user, password).replace(/=+$/, '');
  let text = bytes.toString('latin1').replaceAll(sent, '***');
  if (plain.length >= PASSWORD_MIN_CHARS) text = text.replaceAll(Buffer.from(plain).toString('latin1'), '***');
  return Buffer.from(text, 'latin1');
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

/** Nothing that may still come changes what to make of it. */
function isDecided(bytes: Buffer): boolean {
  return !beginsAsHttp(bytes) || bytes.length > HEAD_MAX_BYTES || headLength(bytes) !== undefined;
}

function beginsAsHttp(bytes: Buffer): boolean {
  return 'HTTP/'.startsWith(bytes.toString('latin1', 0, 5));
}

/** What still comes of the page, or of what is no HTTP: as long as it says, as much as is worth keeping. */
async function restOfPage(
  socket: Socket,
  early: Buffer,
  answer: ProxyResponse | undefined,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Buffer> {
  const announced = Number(answer?.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const missing = Math.min(announced, PAGE_MAX_BYTES) - early.length;
  if (!(missing > 0)) return Buffer.alloc(0);
  const { bytes } = await readUntil(socket, deadline.orInMs(PAGE_MS), signal, ({ length }) => length >= missing);
  return bytes;
}

function proxyError(
  ending: 'enough' | 'closed' | 'late' | Error,
  bytes: Buffer,
  answer: ProxyResponse | undefined,
  received: Buffer,
): ProxyError {
  const about = { received, receivedBytes: bytes.length };
  if (bytes.length > 0 && !beginsAsHttp(bytes)) return new ProxyError('PROXY_NOT_HTTP', about);
  if (ending instanceof Error)
    return new ProxyError((ending as NodeJS.ErrnoException).code ?? 'ECONNRESET', about, ending);
  if (ending === 'closed') return new ProxyError('PROXY_CLOSED', about);
  if (ending === 'late') return new ProxyError('PROXY_TIMEOUT', about);
  if ((headLength(bytes) ?? bytes.length) > HEAD_MAX_BYTES) return new ProxyError('PROXY_TOO_LONG', about);
  if (answer === undefined) return new ProxyError('PROXY_NOT_HTTP', about);
  return new ProxyError(answer.status === 200 ? 'PROXY_UNREADABLE' : 'PROXY_REFUSED', about);
}
