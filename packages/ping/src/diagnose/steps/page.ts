import { omitUndefined } from 'tentacle-protocol/cli';
import { type Observation, observe } from 'tentacle-protocol/diagnostics';
import { createTlsContext } from '../../session/tls-context.js';
import { fetchLandingPageAs } from '../../session/page-probe.js';
import type { PeerType } from '../../report/peer.js';
import { newTrace, withoutPin } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';

/**
 * Requests the page that a listener shows to any client, without a client certificate, as a browser would, and accepting
 * any server certificate. A pong receives a second request with this machine's certificate, because its page names the one
 * that arrived.
 */
export async function checkPage(context: DiagnosisContext): Promise<StepResult> {
  const { tls, outdatedTlsContext, signal } = context;
  const secureContext = tls === undefined ? outdatedTlsContext : createTlsContext(context.options);
  if (secureContext === undefined) return skipped(context.noTlsReason);
  const options = withoutPin(context.options);
  const response = await fetchLandingPageAs(options, secureContext, signal, context.address);
  if (response === undefined) return { status: 'unknown', title: 'none; a Tentacle returns one to any client' };
  const page = response.page;
  context.connections.page++;
  context.page = page;
  if (page.author === 'pong' && tls !== undefined) {
    const presented = await fetchLandingPageAs(options, context.secureContext, signal, context.address);
    context.arrivedThumbprint = presented?.arrivedThumbprint;
    context.isTrustedThere = presented?.isTrustedThere;
    context.connections.page++;
  }
  // The page of the original TentaclePong is one letter, repeated.
  const text = page.author === 'legacy-pong' ? page.text.slice(0, 10) : page.text;
  const title =
    `${AUTHORS[page.author]}${page.status === 200 ? '' : `, HTTP ${page.status}`} ${quoted(text)}`.trimEnd();
  const details = [`HTTP ${page.status} "${text}"`];
  const evidence = {
    ...page,
    ...omitUndefined({ arrivedThumbprint: context.arrivedThumbprint }),
  };
  // The ports for polling Tentacles and for the web accept no calls, with any certificate and any trust.
  if (['octopus-server', 'ping', 'octopus-portal'].includes(page.author))
    return { status: 'problem', title, details, evidence, observation: observePage(context) };
  if (page.author === 'legacy-pong' && tls === undefined)
    return { ...confirmLegacyPong(context), title, details, evidence };
  const { arrivedThumbprint } = context;
  if (arrivedThumbprint !== undefined && arrivedThumbprint !== context.identity.thumbprint)
    return { ...observeChangedCertificate(context, arrivedThumbprint), evidence };
  return {
    status: page.author === 'web-server' ? 'warning' : 'ok',
    title,
    details,
    evidence,
  };
}

/** A longer text of a page does not fit on the line of the step; it is among the details. */
const TEXT_MAX_CHARS = 42;

/** What a page says, in parentheses; nothing for a long text. */
function quoted(text: string): string {
  return text.length <= TEXT_MAX_CHARS ? `("${text}")` : '';
}

/** Pong's page shows that a different client certificate arrived, or none. A thumbprint that is not the pinned one comes first. */
function observeChangedCertificate(context: DiagnosisContext, arrived: string | null): StepResult {
  const { options, tls, address } = context;
  const trace = newTrace(context);
  const certificate = tls?.certificate;
  trace.record(omitUndefined({ address, peerCertificate: certificate }));
  trace.enterStage('identity');
  const code = arrived === null ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_REPLACED';
  return {
    status: 'problem',
    title: `tentacle-pong, which received ${arrived === null ? 'no client certificate' : 'another certificate'}`,
    details: [
      `It received ${arrived === null ? 'no client certificate' : `the client certificate ${arrived} in place of yours`}.`,
    ],
    observation: observe(Object.assign(new Error('the client certificate was changed'), { code }), trace),
    isRootCause: options.thumbprint === undefined || options.thumbprint === certificate?.thumbprint,
  };
}

/** The page alone shows what the peer is. */
function observePage(context: DiagnosisContext): Observation {
  const trace = newTrace(context);
  const { address, page, tls } = context;
  trace.record(omitUndefined({ peerKind: page?.author, address, peerCertificate: tls?.certificate }));
  trace.enterStage('identity');
  return observe(Object.assign(new Error('a page'), { code: 'PAGE_ONLY' }), trace);
}

/** The original TentaclePong accepts only TLS versions that Octopus does not use, so no identity can be sent to it. */
function confirmLegacyPong(context: DiagnosisContext): StepResult {
  context.confirmedCauses.set(
    'identity.legacy-pong',
    'It accepts only TLS versions below 1.2. Octopus does not use them, and this tool used one only to request the page.',
  );
  return { status: 'problem', title: '', observation: observePage(context), isRootCause: true };
}

const AUTHORS: Readonly<Record<PeerType, string>> = {
  tentacle: 'a Tentacle',
  'octopus-server': 'an Octopus Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping listen',
  'legacy-pong': 'the original TentaclePong',
  halibut: 'a Halibut listener',
  'octopus-portal': 'the web portal of an Octopus Server',
  'web-server': 'a web server or appliance',
  unknown: 'an unknown server',
};
