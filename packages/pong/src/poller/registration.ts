import { connectorContext, openTlsConnection, Deadline, ConnectionTrace } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type Page, identifyPage } from 'tentacle-protocol/diagnostics';
import { connectOptions, type PollingContext } from './polling-context.js';

/** The result of the check that Tentacle's `register-with` and `poll-server` run against the polling port. Plain JSON. */
export interface RegistrationCheck {
  /** The HTTP status that answered `POST /handshake`; absent when no answer was read. */
  readonly status?: number;
  /** Whether the port counts as open: any 200 or 400 does. */
  readonly passes: boolean;
  /** The program that the page was identified as. */
  readonly author: Page['author'];
  /** The page's title, or the start of its text. */
  readonly text?: string;
  /** The thumbprint that was presented, and the address that presented it; with a proxy, the proxy's. */
  readonly thumbprint?: string;
  readonly address?: string;
}

/** One of the servers that answer at the polled name: they differ in certificate, address or page. Plain JSON. */
export interface PolledServer extends Pick<RegistrationCheck, 'author' | 'text' | 'thumbprint' | 'address'> {
  /** How many of the checks it answered. */
  readonly count: number;
}

/** A page is a few hundred bytes. */
const PAGE_MAX_BYTES = 64 * 1024;

/** A page arrives at once or not at all, and the run does not depend on it. */
const PAGE_MS = 5000;

/** Statuses that count as open in the real check, whatever program answers. */
const PASSES = [200, 400];

/**
 * Runs the check that registration runs, on a connection of its own: an HTTPS request without a client certificate,
 * whatever certificate the server presents. The page in the answer also identifies what listens there.
 * @returns undefined when the run was stopped before the answer.
 */
export async function checkRegistration(context: PollingContext): Promise<RegistrationCheck | undefined> {
  const { host, port } = context.plan.server;
  const deadline = Deadline.inMs(Math.min(PAGE_MS, context.plan.timeoutUs / 1000));
  const trace = new ConnectionTrace({ host, port, timeoutUs: deadline.spanUs });
  const { expectedThumbprint: _, ...target } = connectOptions({ ...context, secureContext: connectorContext() });
  try {
    const channel = await openTlsConnection(target, trace, deadline, context.stop);
    const cut = (): void => channel.cancel();
    context.stop.addEventListener('abort', cut, { once: true });
    try {
      const name = host.includes(':') ? `[${host}]` : host;
      const head = `POST /handshake HTTP/1.1\r\nHost: ${name}:${port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      await channel.write(Buffer.from(head), deadline);
      const bytes = await channel.source.collect({ purpose: 'the page', deadline }, PAGE_MAX_BYTES);
      // A run that was stopped cut the answer.
      if (context.stop.aborted) return undefined;
      const { author, http } = identifyPage(bytes);
      const { address, peerCertificate } = trace.facts;
      const server = omitUndefined({ author, thumbprint: peerCertificate?.thumbprint, address });
      if (http === undefined) return { passes: false, ...server };
      const { status } = http;
      return { status, passes: PASSES.includes(status), text: http.title ?? http.text, ...server };
    } finally {
      context.stop.removeEventListener('abort', cut);
      channel.close();
    }
  } catch {
    return context.stop.aborted ? undefined : { passes: false, author: 'unknown' };
  }
}

/** A balancer that takes turns between two or three servers shows each of them. */
const REPEATS = 3;

/**
 * Runs the check some more times, one after the other, and returns the servers that answered, with the first check. A
 * balancer may lead each connection to another one, and a poller collects work only from those that it reached.
 */
export async function findServers(context: PollingContext, first: RegistrationCheck): Promise<readonly PolledServer[]> {
  const servers = new Map<string, PolledServer>();
  const add = ({ author, text, thumbprint, address }: RegistrationCheck): void => {
    const server = omitUndefined({ author, text, thumbprint, address });
    const key = JSON.stringify(server);
    servers.set(key, { ...server, count: (servers.get(key)?.count ?? 0) + 1 });
  };
  add(first);
  for (let n = 0; n < REPEATS && !context.stop.aborted; n++) {
    const check = await checkRegistration(context);
    // A check that failed shows nothing about servers, and one whose answer was cut nothing about pages.
    const isCut = check?.status === undefined && [...servers.values()].some((server) => isSame(server, check));
    if (check?.thumbprint !== undefined && !isCut) add(check);
  }
  return [...servers.values()];
}

function isSame(server: PolledServer, check: RegistrationCheck | undefined): boolean {
  return server.thumbprint === check?.thumbprint && server.address === check?.address;
}
