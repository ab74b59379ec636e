import { failureDefinition } from '../../diagnostics/catalogue.js';
import type { Check, CheckStatus, TestedEndpoint } from '../../diagnostics/checks/check.js';
import { describeFailure } from '../../diagnostics/describe-failure.js';
import { failureOf } from '../../diagnostics/evidence.js';
import type { Observation } from '../../diagnostics/failure-definition.js';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { singleLine } from '../../text/sanitize.js';
import type { ConnectionFacts } from '../../trace.js';
import type { Connection, ConnectionRequest } from './connection.js';
import { endpointName } from './endpoint.js';

/** What was measured of a connection, for the table of endpoints. */
export function testedEndpoint(request: ConnectionRequest, connection: Connection): TestedEndpoint {
  const { endpoint, proxy, address } = request;
  const facts = connection.ok ? connection.trace.facts : connection.observation.facts;
  const { use, host, port } = endpoint;
  const subject = facts.peerCertificate?.subject;
  return omitUndefined({
    use,
    name: endpointName(endpoint),
    host,
    port,
    // With a proxy, the address is the proxy's.
    address: proxy === undefined ? (address ?? facts.address) : undefined,
    from: proxy === undefined ? 'direct' : `${proxy.host}:${proxy.port}`,
    elapsedUs: connection.elapsedUs,
    thumbprint: facts.peerCertificate?.thumbprint,
    subject: subject === undefined ? undefined : singleLine(subject, SUBJECT_MAX_CHARS),
  });
}

const SUBJECT_MAX_CHARS = 200;

/** Where the connection came from, for the end of a title. */
export function throughText({ proxy }: Pick<ConnectionRequest, 'proxy'>): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
}

/** The check of a connection that failed, with the texts of the catalogue of failures. */
export function failureCheck(
  observation: Observation,
  endpoint: TestedEndpoint,
  status: CheckStatus = 'problem',
): Check {
  const { id, evidence } = failureOf(observation);
  const { title, explanation, remediation, diagnosis } = describeFailure(id, observation);
  const { facts } = observation;
  const causes =
    diagnosis.kind === 'ambiguous' ? ` Possible causes: ${diagnosis.causes.join('; or ')}. ${diagnosis.howToTell}` : '';
  const from = endpoint.from === 'direct' ? '' : ` through the proxy ${endpoint.from}`;
  return {
    id,
    status,
    title: `${nameWithAddress(endpoint)}${from}: ${title}`,
    means: `${explanation}${causes}`,
    evidence: [`code ${evidence.code}${addressesText(facts)}`],
    endpoint,
    next: remediation,
    page: `failures/${failureDefinition(id).stage}.md#${id.replaceAll('.', '')}`,
  };
}

/** The name, with the address where that says more. */
export function nameWithAddress({ name, host, address }: TestedEndpoint): string {
  return address === undefined || address === host ? name : `${name} (${address})`;
}

function addressesText({ address, localAddress }: ConnectionFacts): string {
  return `${address === undefined ? '' : `, to ${address}`}${localAddress === undefined ? '' : `, from ${localAddress}`}`;
}
