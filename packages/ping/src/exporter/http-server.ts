import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { Exporter } from './exporter.js';
import { type Answer, answer } from './routes.js';

/** A server that listens. */
export interface ExporterServer {
  readonly port: number;
  /** Takes no more requests, answers those that it has, and ends. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface ListenPlan {
  readonly bind: string;
  readonly port: number;
  /** Called for an error that no request should cause. */
  readonly onError: (error: unknown) => void;
}

/** A request is a few hundred bytes: a client that needs longer for one only holds the connection. */
const REQUEST_MS = 10_000;
const HEADERS_MAX_BYTES = 8 * 1024;

/** More than the probes that may run and wait need; also a bound on open files. */
const CONNECTIONS_MAX = 512;

/** Of a connection that Prometheus keeps, longer than from one scrape to the next. */
const KEEP_ALIVE_MS = 75_000;

/** Prometheus reads the answer to a running probe within its own time-out, 10 s by default. */
const CLOSE_MS = 10_000;

/** @throws the system's error, such as EADDRINUSE. */
export async function serveExporter(exporter: Exporter, plan: ListenPlan): Promise<ExporterServer> {
  const server = createServer(
    {
      maxHeaderSize: HEADERS_MAX_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => void handle(exporter, request, response).catch(plan.onError),
  );
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: plan.bind, port: plan.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { port: (server.address() as AddressInfo).port, close: async () => closeServer(server) };
}

async function handle(exporter: Exporter, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // A body has no meaning here; the next request is behind it.
  request.resume();
  const { method = '', url = '', headers } = request;
  const result = await answer(exporter, { method, url, headers, gone: gone.signal }).catch((error: unknown) => {
    respond(response, { status: 500, type: 'text/plain; charset=utf-8', body: 'internal error\n' });
    throw error;
  });
  respond(response, result);
}

function respond(response: ServerResponse, { status, type, body, allow }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...omitUndefined({ allow }),
  });
  // Node leaves it out of the answer to HEAD.
  response.end(body);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearTimeout(timer);
}
