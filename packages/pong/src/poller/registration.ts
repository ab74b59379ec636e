import { createSecureContext } from 'node:tls';
import { openTlsConnection, Deadline, ConnectionTrace } from 'tentacle-protocol';
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
  const { expectedThumbprint: _, ...target } = connectOptions({ ...context, secureContext: createSecureContext() });
  try {
    const channel = await openTlsConnection(target, trace, deadline, context.stop);
    const cut = (): void => channel.cancel();
    context.stop.addEventListener('abort', cut, { once: true });
    try {
      const name = host.includes(':') ? `[${host}]` : host;
      const head = `POST /handshake HTTP/1.1\r\nHost: ${name}:${port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      await channel.write(Buffer.from(head), deadline);
      const bytes = await channel.source.collect({ purpose: 'the page', deadline }, PAGE_MAX_BYTES);
      const { author, http } = identifyPage(bytes);
      if (http === undefined) return { passes: false, author };
      return { status: http.status, passes: PASSES.includes(http.status), author, text: http.title ?? http.text };
    } finally {
      context.stop.removeEventListener('abort', cut);
      channel.close();
    }
  } catch {
    return context.stop.aborted ? undefined : { passes: false, author: 'unknown' };
  }
}
