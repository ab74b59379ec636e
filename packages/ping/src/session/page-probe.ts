import type { SecureContext } from 'node:tls';
import {
  clientCertificateOn,
  connectSecurely,
  Deadline,
  type Page,
  recognisePage,
  ConnectionTrace,
} from 'tentacle-protocol';
import { withCancellation, connectorOptions } from './connection.js';
import { createTlsContext } from './tls-context.js';
import type { Plan } from '../plan.js';

/** The page that a listener gives to a browser. */
export interface PageResult {
  readonly author: Page['author'];
  readonly status: number;
  /** The page's title, or the beginning of its text. */
  readonly text: string;
}

/** A page, and what pong says on its own of the client certificate that came: null for none, undefined for no word. */
export interface PageProbeResult {
  readonly page: PageResult;
  readonly arrivedThumbprint: string | null | undefined;
}

/** Failures of which the page that a peer shows to everybody may name the cause. */
export const FAILURES_WORTH_A_PAGE_PROBE: readonly string[] = [
  'trust.closed-after-identity',
  'trust.intercepted',
  'rpc.service-not-found',
];

/** A page is a few hundred bytes; the original TentaclePong's is 10 KiB. */
const PAGE_MAX_BYTES = 64 * 1024;

/** A page comes at once or not at all, and it is only a hint. */
const PAGE_MS = 3000;

/**
 * Ask as a browser would, on a connection of its own: what a peer shows to everybody tells what it is, when it closes
 * on our identity. Undefined when nothing could be read.
 */
export async function fetchLandingPage(plan: Plan, signal: AbortSignal): Promise<PageResult | undefined> {
  // Without a certificate of ours, as a browser has none.
  return (await fetchLandingPageAs(plan, createTlsContext(plan), signal))?.page;
}

/** The same with TLS as it is given, so perhaps with a certificate; and at this address where the name has several. */
export async function fetchLandingPageAs(
  plan: Plan,
  secureContext: SecureContext,
  signal: AbortSignal,
  address?: string,
): Promise<PageProbeResult | undefined> {
  const deadline = Deadline.inMs(Math.min(PAGE_MS, plan.timeoutUs / 1000));
  const trace = new ConnectionTrace({ host: plan.host, port: plan.port, timeoutUs: plan.timeoutUs });
  try {
    const target = { ...connectorOptions(plan, secureContext), ...(address === undefined ? {} : { address }) };
    const channel = await connectSecurely(target, false, trace, deadline, signal);
    const bytes = await withCancellation(channel, signal, async () => {
      await channel.write(Buffer.from(`GET / HTTP/1.1\r\nHost: ${plan.host}:${plan.port}\r\n\r\n`), deadline);
      return channel.source.collect({ awaiting: 'the page', deadline }, PAGE_MAX_BYTES);
    });
    channel.close();
    const { author, http } = recognisePage(bytes);
    if (http === undefined) return undefined;
    const page = { author, status: http.status, text: http.title ?? http.text };
    return { page, arrivedThumbprint: author === 'pong' ? clientCertificateOn(http.body) : undefined };
  } catch {
    return undefined;
  }
}
