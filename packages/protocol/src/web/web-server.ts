import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { nowUs } from '../time/clock.js';
import type { AuthResult } from './basic-auth.js';
import { DenialLog } from './denial-log.js';
import { requestsCertificate, type WebAccess } from './web-access.js';

/** A request, without its body: none has a meaning here. */
export interface WebRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** The methods that the path takes, with status 405. */
  readonly allow?: string;
}

/** A server that listens. */
export interface WebServer {
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /**
   * Takes no more connections, answers the requests that it has, and ends.
   * @param cut called when the time for that is over, before connections are cut.
   */
  readonly close: (cut?: () => void) => Promise<void>;
}

/** Where to listen, for whom, and what to answer. */
export interface WebPlan {
  readonly bind: string;
  readonly port: number;
  readonly access: WebAccess;
  readonly answer: (request: WebRequest) => Promise<WebAnswer>;
  /** Called for an error that no request should cause. */
  readonly onError: (error: unknown) => void;
  /** Called for a client whose certificate is not as required; of many such clients, for some. */
  readonly onDenied: (address: string, reason: string) => void;
}

const TEXT = 'text/plain; charset=utf-8';

/** A request is a few hundred bytes: a client that needs longer for one only holds the connection. */
const REQUEST_MS = 10_000;
const HEADERS_MAX_BYTES = 8 * 1024;

/** More than the probes that may run and wait need; also a bound on open files. */
const CONNECTIONS_MAX = 512;

/** Of a connection that Prometheus keeps, longer than from one scrape to the next. */
const KEEP_ALIVE_MS = 75_000;

/** Prometheus reads the answer to a running scrape within its own time-out, 10 s by default. */
const CLOSE_MS = 10_000;

/** @throws the system's error, such as EADDRINUSE. */
export async function serveWeb(plan: WebPlan): Promise<WebServer> {
  const closing = new AbortController();
  const server = createServer(plan, (request, response) => {
    void handle(plan, request, response, closing.signal).catch(plan.onError);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: plan.bind, port: plan.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // Accepting can fail for a moment, as when no file handle is free; listening goes on.
  server.on('error', plan.onError);
  plan.access.onRenewed = () => {
    server.setSecureContext?.(plan.access.context ?? {});
  };
  const isTls = plan.access.tls !== undefined;
  return {
    port: (server.address() as AddressInfo).port,
    scheme: isTls ? 'https' : 'http',
    close: async (cut = () => undefined) => {
      closing.abort();
      return closeServer(server, cut);
    },
  };
}

function createServer(
  { access, onDenied }: WebPlan,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const options = {
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  if (access.tls === undefined) return createHttpServer(options, onRequest);
  const server = createHttpsServer(
    {
      ...options,
      ...access.context,
      handshakeTimeout: REQUEST_MS,
      requestCert: requestsCertificate(access.tls),
      // What is required may change while it listens.
      rejectUnauthorized: false,
    },
    onRequest,
  );
  const denials = new DenialLog(onDenied, nowUs);
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const reason = access.denial(socket);
    if (reason === undefined) return;
    denials.add(socket.remoteAddress ?? 'unknown', reason);
    socket.destroy();
  });
  return server;
}

/** Either kind: both have what is used of them here. */
type Server = Pick<
  HttpServer,
  | 'address'
  | 'close'
  | 'closeAllConnections'
  | 'closeIdleConnections'
  | 'listen'
  | 'maxConnections'
  | 'off'
  | 'on'
  | 'once'
> & { readonly setSecureContext?: HttpsServer['setSecureContext'] };

async function handle(
  plan: WebPlan,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // A body has no meaning here; the next request is behind it.
  request.resume();
  const result = await answerTo(plan, request, gone.signal).catch((error: unknown) => {
    plan.onError(error);
    return { status: 500, type: TEXT, body: 'internal error\n' };
  });
  // A client that keeps its connection would delay the end.
  if (closing.aborted) response.setHeader('connection', 'close');
  respond(response, plan.access, result);
}

async function answerTo({ access, answer }: WebPlan, request: IncomingMessage, gone: AbortSignal): Promise<WebAnswer> {
  // Before passwords, so that it bounds guesses too.
  if (!access.allowsRequest()) return { status: 429, type: TEXT, body: 'too many requests: see rate_limit\n' };
  const auth = await access.authenticate(request);
  if (auth !== 'accepted') return DENIED[auth];
  const { method = '', url = '', headers } = request;
  return answer({ method, url, headers, gone });
}

const DENIED: Readonly<Record<Exclude<AuthResult, 'accepted'>, WebAnswer>> = {
  rejected: { status: 401, type: TEXT, body: 'user or password is wrong\n' },
  busy: { status: 503, type: TEXT, body: 'too many passwords are being checked\n' },
};

function respond(response: ServerResponse, { headers }: WebAccess, { status, type, body, allow }: WebAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Basic' } : {}),
    ...omitUndefined({ allow }),
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  });
  // Node leaves it out of the answer to HEAD.
  response.end(body);
}

async function closeServer(server: Server, cut: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    cut();
    server.closeAllConnections();
  }, CLOSE_MS);
  await closed;
  clearTimeout(timer);
}
