import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import type { Observation } from '../../diagnostics/failure-definition.js';
import { observe } from '../../diagnostics/observe.js';
import { identifyPage, type PageSource } from '../../http/landing-page.js';
import { singleLine } from '../../text/sanitize.js';
import { type Connection, connectEndpoint, type ConnectionRequest } from './connection.js';
import { HALIBUT_PAGES } from './halibut-pages.js';
import { failureCheck, nameWithAddress, testedEndpoint, throughText } from './endpoint-check.js';
import { describeResponse, type PageResponse, requestPage } from './request-page.js';
import { unexpectedThumbprint } from './thumbprint-check.js';

/** The result of one test of a Halibut port. */
export interface HalibutResult {
  readonly checks: readonly Check[];
  /** The thumbprint that was presented; undefined where the connection failed before. */
  readonly thumbprint?: string | undefined;
}

/** The pages that belong to each use of a Halibut port. */
const RIGHT_PAGES: Readonly<Record<'polling' | 'tentacle', readonly PageSource[]>> = {
  polling: ['octopus-server', 'ping', 'halibut'],
  tentacle: ['tentacle', 'pong', 'halibut'],
};

const ISSUER_MAX_CHARS = 200;

/** Connects to the polling port of a server, or to a listening Tentacle, and requests the page that it shows to any client. */
export async function testHalibut(
  request: ConnectionRequest & { use: 'polling' | 'tentacle' },
): Promise<HalibutResult> {
  const connection = await connectEndpoint(request);
  const endpoint = testedEndpoint(request, connection);
  if (!connection.ok) return { checks: [failureCheck(connection.observation, endpoint)] };
  const { thumbprint } = endpoint;
  const { host, port } = request.endpoint;
  const page = await requestPage(connection.channel, { host, port, path: '/' }, request.signal);
  connection.channel.close();
  // The page often shows why the certificate is another one.
  connection.trace.record({ peerKind: identifyPage(page.bytes).author });
  const unexpected = unexpectedThumbprint(request, connection);
  if (unexpected !== undefined) return { checks: [unexpected], thumbprint };
  return { checks: [pageCheck(request, connection, page), ...issuedCertificate(request, connection)], thumbprint };
}

function pageCheck(
  request: ConnectionRequest & { use: 'polling' | 'tentacle' },
  connection: Connection & { readonly ok: true },
  page: PageResponse,
): Check {
  const endpoint = testedEndpoint(request, connection);
  const { author } = identifyPage(page.bytes);
  const place = { name: nameWithAddress(endpoint), through: throughText(request) };
  const findings = FINDINGS[request.use];
  if (RIGHT_PAGES[request.use].includes(author)) {
    const answer = HALIBUT_PAGES[author] ?? author;
    const evidence = [`thumbprint ${endpoint.thumbprint ?? 'none'}`];
    return { ...findings.ok.check({ ...place, answer }, evidence), endpoint: { ...endpoint, answer } };
  }
  if (author === 'unknown') return { ...findings.noPage.check({ ...place, answer: describeResponse(page) }), endpoint };
  return failureCheck(observePage(request.use, connection, page), endpoint);
}

const FINDINGS = {
  polling: { ok: endpointFindings.polling, noPage: endpointFindings.noPage },
  tentacle: { ok: endpointFindings.target, noPage: endpointFindings.targetNoPage },
} as const;

/** The page of another program than the one that is needed there. */
function observePage(
  use: 'polling' | 'tentacle',
  { trace }: Connection & { readonly ok: true },
  { bytes }: PageResponse,
): Observation {
  const { peerKind = '' } = trace.facts;
  trace.enterStage('identity');
  const { signature, facts } = observe(Object.assign(new Error('a page'), { code: codeOf(use, peerKind) }), trace);
  return { signature: { ...signature, received: bytes, receivedBytes: bytes.length }, facts };
}

/** The code by which the catalogue knows a page of another program. */
function codeOf(use: 'polling' | 'tentacle', author: string): string {
  if (author === 'web-server') return 'IDENTITY_UNKNOWN';
  return use === 'polling' && ['tentacle', 'pong'].includes(author) ? 'WRONG_ROLE' : 'PAGE_ONLY';
}

/** A warning for a certificate that an authority issued: Octopus creates its own. */
function issuedCertificate(request: ConnectionRequest, connection: Connection & { readonly ok: true }): Check[] {
  const certificate = connection.trace.facts.peerCertificate;
  // A configured thumbprint that fits proves that it is the right one.
  if (certificate === undefined || certificate.selfSigned || request.endpoint.expected.length > 0) return [];
  const endpoint = testedEndpoint(request, connection);
  const facts = { name: nameWithAddress(endpoint), through: throughText(request) };
  const issuer = singleLine(certificate.issuer, ISSUER_MAX_CHARS);
  return [{ ...endpointFindings.certificateIssued.check({ ...facts, issuer }), endpoint }];
}
