import { createHash } from 'node:crypto';
import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import { Deadline } from '../../time/clock.js';
import { connectEndpoint, type ConnectionRequest } from './connection.js';
import { failureCheck, testedEndpoint, throughText } from './endpoint-check.js';
import { endpointName } from './endpoint.js';
import { describeResponse, requestPage, RESPONSE_MS, upgradeHeaders } from './request-page.js';
import { unexpectedThumbprint } from './thumbprint-check.js';

/** Appended to the key of the request for the response (RFC 6455). */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A close frame without a payload, masked with zeros as a client's frame must be. */
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** Asks for WebSockets as a Tentacle does, and closes them again. */
export async function testWebSocket(request: ConnectionRequest): Promise<readonly Check[]> {
  const connection = await connectEndpoint(request);
  const endpoint = testedEndpoint(request, connection);
  if (!connection.ok) return [failureCheck(connection.observation, endpoint)];
  const { channel } = connection;
  const unexpected = unexpectedThumbprint(request, connection);
  if (unexpected !== undefined) {
    channel.close();
    return [unexpected];
  }
  const { host, port, path } = request.endpoint;
  const { headers, key } = upgradeHeaders();
  const page = await requestPage(channel, { host, port, path, headers }, request.signal);
  const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
  const isUpgraded = page.http?.status === 101 && page.http.headers['sec-websocket-accept'] === accept;
  if (isUpgraded) await channel.write(CLOSE_FRAME, Deadline.inMs(RESPONSE_MS)).catch(() => undefined);
  channel.close();
  const place = { name: endpointName(request.endpoint), through: throughText(request) };
  if (isUpgraded)
    return [{ ...endpointFindings.webSocket.check(place), endpoint: { ...endpoint, answer: 'WebSocket' } }];
  const answer = page.http?.status === 101 ? 'HTTP 101 with the key of another request' : describeResponse(page);
  const check = endpointFindings.notUpgraded.check({ ...place, answer }, [`response: ${answer}`]);
  return [{ ...check, endpoint: { ...endpoint, answer } }];
}
