import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import type { Observation } from '../../diagnostics/failure-definition.js';
import { webCertificateCode } from '../../diagnostics/failures/web-certificate.js';
import type { HttpResponse } from '../../http/http-response.js';
import { identifyPage } from '../../http/landing-page.js';
import { judgeWebCertificate, type TrustStore } from '../../identity/web-certificate.js';
import { type Connection, connectEndpoint, type ConnectionRequest, FAST_US } from './connection.js';
import { failureCheck, testedEndpoint, throughText } from './endpoint-check.js';
import { endpointName } from './endpoint.js';
import { HALIBUT_PAGES } from './halibut-pages.js';
import { describeResponse, type PageResponse, requestPage } from './request-page.js';

/** The result of testing a portal. */
export interface PortalResult {
  readonly checks: readonly Check[];
  /** The nodes that answered, by the name in their responses. */
  readonly nodes: readonly string[];
}

/** Requests the portal's REST API as a web client does, twice: a load balancer shows by another node's name. */
export async function testPortal(request: ConnectionRequest, store: TrustStore): Promise<PortalResult> {
  const connection = await connectEndpoint(request);
  if (!connection.ok)
    return { checks: [failureCheck(connection.observation, testedEndpoint(request, connection))], nodes: [] };
  const page = await requestAndClose(request, connection);
  const halibut = HALIBUT_PAGES[identifyPage(page.bytes).author];
  if (halibut !== undefined) return { checks: [wrongPortCheck(request, connection, halibut)], nodes: [] };
  const certificateChecks = judgeCertificate(request, connection, store);
  const answer = answerCheck(request, connection, page);
  // A slow portal takes the time of the group for the first request.
  const second = page.http === undefined || connection.elapsedUs > FAST_US ? undefined : await requestAgain(request);
  const nodes = [page.http, second].flatMap((http) => http?.headers['octopus-node'] ?? []);
  return { checks: [answer, ...certificateChecks], nodes: [...new Set(nodes)] };
}

async function requestAndClose(
  { endpoint, signal }: ConnectionRequest,
  { channel }: Connection & { readonly ok: true },
): Promise<PageResponse> {
  const { host, port, path } = endpoint;
  const page = await requestPage(channel, { host, port, path: `${path}/api` }, signal);
  channel.close();
  return page;
}

async function requestAgain(request: ConnectionRequest): Promise<HttpResponse | undefined> {
  const connection = await connectEndpoint(request);
  return connection.ok ? (await requestAndClose(request, connection)).http : undefined;
}

/** A port of Octopus that is not the portal's, and whose certificate no web client has to accept. */
function wrongPortCheck(
  request: ConnectionRequest,
  connection: Connection & { readonly ok: true },
  answer: string,
): Check {
  const facts = { name: endpointName(request.endpoint), through: throughText(request), answer };
  return { ...endpointFindings.wrongPort.check(facts), endpoint: { ...testedEndpoint(request, connection), answer } };
}

/** What answered the request. */
function answerCheck(
  request: ConnectionRequest,
  connection: Connection & { readonly ok: true },
  page: PageResponse,
): Check {
  const { http } = page;
  const endpoint = testedEndpoint(request, connection);
  const place = { name: endpointName(request.endpoint), through: throughText(request) };
  const facts = { ...place, answer: describeResponse(page) };
  const evidence = [`response: ${facts.answer}`, ...headerLines(http)];
  const answered = { ...endpoint, answer: facts.answer };
  const { portal, notOctopus, signIn, unavailable, noResponse } = endpointFindings;
  const version = versionOf(http);
  if (http === undefined) return { ...noResponse.check(facts, evidence), endpoint: answered };
  if (version !== undefined && http.status === 200)
    return {
      ...portal.check({ ...place, version }, evidence),
      endpoint: { ...endpoint, answer: `Octopus ${version}` },
    };
  if (http.status >= 500) return { ...unavailable.check(facts, evidence), endpoint: answered };
  if ([401, 403, 407].includes(http.status) || leadsElsewhere(http, request.endpoint.host))
    return { ...signIn.check(facts, evidence), endpoint: answered };
  return { ...notOctopus.check(facts, evidence), endpoint: answered };
}

/** The version in the document of the REST API; undefined where another web server answered. */
function versionOf(http: HttpResponse | undefined): string | undefined {
  if (http === undefined || !/"Application"\s*:\s*"Octopus Deploy"/.test(http.body)) return undefined;
  return /"Version"\s*:\s*"([\w.+-]{1,60})"/.exec(http.body)?.[1] ?? '(without a version)';
}

/** A redirect to another host; one to another path of this host leads to a page of the same server. */
function leadsElsewhere({ status, headers }: HttpResponse, host: string): boolean {
  const target = /^https?:\/\/([^/:?#]+)/i.exec(headers['location'] ?? '')?.[1];
  return status >= 300 && status < 400 && target !== undefined && target.toLowerCase() !== host.toLowerCase();
}

/** Headers that name the server or a device in between. */
const NAMING_HEADERS = ['server', 'via', 'octopus-node', 'x-cache', 'x-powered-by', 'www-authenticate', 'location'];

function headerLines(http: HttpResponse | undefined): string[] {
  return NAMING_HEADERS.flatMap((name) => {
    const value = http?.headers[name];
    return value === undefined ? [] : [`${name}: ${value}`];
  });
}

/** One check for each fault that a web client finds in the certificate. */
function judgeCertificate(
  request: ConnectionRequest,
  connection: Connection & { readonly ok: true },
  store: TrustStore,
): Check[] {
  const { facts } = connection.trace;
  const chain = facts.peerChain ?? [];
  if (chain.length === 0) return [];
  const webCertificate = judgeWebCertificate({ chain, requestedName: request.endpoint.host, store, now: new Date() });
  return webCertificate.faults.map((fault) => {
    const signature = {
      shownAt: 'trust',
      code: webCertificateCode(fault),
      elapsedUs: 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    } as const;
    const observation: Observation = { signature, facts: { ...facts, webCertificate } };
    // The list in Node.js has no private authorities, and clients on this host may trust them.
    const isUnknown = store.isBuiltIn === true && ISSUER_FAULTS.includes(fault.kind);
    return failureCheck(observation, testedEndpoint(request, connection), isUnknown ? 'unknown' : 'problem');
  });
}

/** Faults that depend on the list of authorities. */
const ISSUER_FAULTS: readonly string[] = ['self-signed', 'unknown-issuer', 'no-intermediate'];
