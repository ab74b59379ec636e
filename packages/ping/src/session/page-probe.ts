import type { SecureContext } from 'node:tls';
import { ConnectionTrace, openTlsConnection, Deadline } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { clientCertificateOn, identifyPage, isTrustedOn } from 'tentacle-protocol/diagnostics';
import type { RunOptions } from '../options/run-options.js';
import type { PageResult } from '../report/peer.js';
import { connectorOptions, withCancellation } from './connection.js';
import { createTlsContext } from './tls-context.js';

/** A landing page, with the certificates of the connection that it was sent on. */
export interface PageProbeResult {
  readonly page: PageResult;
  /** The thumbprint that the listener presented. */
  readonly thumbprint: string | undefined;
  /** What arrived at pong according to its page: null for none, undefined where the page does not say. */
  readonly arrivedThumbprint: string | null | undefined;
  /** Whether pong accepts calls with it; undefined where the page does not say. */
  readonly isTrustedThere: boolean | undefined;
}

/** Failures of which the landing page of the peer may name the cause. */
export const FAILURES_WORTH_A_PAGE_PROBE: readonly string[] = [
  'trust.closed-after-identity',
  'trust.unexpected-thumbprint',
  'trust.intercepted',
  'identity.empty',
  'identity.http',
  'identity.timeout',
  'rpc.service-not-found',
];

/** A page is a few hundred bytes; the legacy TentaclePong's is 10 KiB. */
const PAGE_MAX_BYTES = 64 * 1024;

/** A page arrives at once or not at all, and it is only a hint. */
const PAGE_MS = 3000;

/**
 * Fetches the landing page as a browser would, on a connection of its own: a peer that closes on the identity still shows
 * its page to any client. A pong's page is fetched again with the TLS context of the run, because it names the client
 * certificate that arrived. Undefined when no page could be read.
 */
export async function fetchLandingPage(
  options: RunOptions,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<PageProbeResult | undefined> {
  // Without a client certificate, as a browser has none.
  const result = await fetchLandingPageAs(options, createTlsContext(options), signal);
  if (result?.page.author !== 'pong') return result;
  const presented = await fetchLandingPageAs(options, secureContext, signal);
  return { ...result, arrivedThumbprint: presented?.arrivedThumbprint, isTrustedThere: presented?.isTrustedThere };
}

/** The same with a given TLS context, which may present a certificate, and at a given address of the name. */
export async function fetchLandingPageAs(
  options: RunOptions,
  secureContext: SecureContext,
  signal: AbortSignal,
  address?: string,
): Promise<PageProbeResult | undefined> {
  const deadline = Deadline.inMs(Math.min(PAGE_MS, options.timeoutUs / 1000));
  const trace = new ConnectionTrace({ host: options.host, port: options.port, timeoutUs: options.timeoutUs });
  try {
    // The page identifies a peer with any certificate; nothing is sent but the request for it.
    const { expectedThumbprint: _, ...anyPeer } = connectorOptions(options, secureContext);
    const target = { ...anyPeer, ...omitUndefined({ address }) };
    const channel = await openTlsConnection(target, trace, deadline, signal);
    const bytes = await withCancellation(channel, signal, async () => {
      await channel.write(Buffer.from(`GET / HTTP/1.1\r\nHost: ${options.host}:${options.port}\r\n\r\n`), deadline);
      return channel.source.collect({ purpose: 'the page', deadline }, PAGE_MAX_BYTES);
    });
    channel.close();
    const { author, http } = identifyPage(bytes);
    if (http === undefined) return undefined;
    const page = { author, status: http.status, text: http.title ?? http.text };
    const thumbprint = trace.facts.peerCertificate?.thumbprint;
    if (author !== 'pong') return { page, thumbprint, arrivedThumbprint: undefined, isTrustedThere: undefined };
    return {
      page,
      thumbprint,
      arrivedThumbprint: clientCertificateOn(http.body),
      isTrustedThere: isTrustedOn(http.body),
    };
  } catch {
    return undefined;
  }
}
