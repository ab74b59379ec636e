import type { Check } from '../../diagnostics/checks/check.js';
import { observe } from '../../diagnostics/observe.js';
import { TransportError } from '../../net/transport-error.js';
import type { Connection, ConnectionRequest } from './connection.js';
import { failureCheck, testedEndpoint } from './endpoint-check.js';

/** The check of a connection whose certificate is none of the configured ones; undefined where it is, or any may be. */
export function unexpectedThumbprint(
  request: ConnectionRequest,
  connection: Connection & { readonly ok: true },
): Check | undefined {
  const { expected } = request.endpoint;
  const { trace } = connection;
  const [first] = expected;
  const found = trace.facts.peerCertificate?.thumbprint;
  if (first === undefined || (found !== undefined && expected.includes(found))) return undefined;
  trace.record({ expectedThumbprint: first });
  trace.enterStage('trust');
  const error = new TransportError('UNEXPECTED_THUMBPRINT', 'the certificate is not the configured one');
  return failureCheck(observe(error, trace), testedEndpoint(request, connection));
}
