import { type Deadline, WireError } from 'tentacle-protocol';
import { isLegacyPongResponse, legacyPingRequest } from 'tentacle-protocol/diagnostics';
import type { Connection } from './connection.js';

/** The response has a little more than 10 KiB. */
const ANSWER_MAX_BYTES = 64 * 1024;

/**
 * The round trip of the legacy pair: a request, then a response of 10 KiB and the end of the connection.
 * @throws WireError MALFORMED for another response, such as that of a proxy.
 */
export async function exchangeWithLegacyPong(host: string, connection: Connection, deadline: Deadline): Promise<void> {
  const { channel } = connection;
  connection.isSpent = true;
  await channel.write(legacyPingRequest(host), deadline);
  const purpose = 'the response of the legacy TentaclePong';
  const response = await channel.source.collect({ purpose, deadline }, ANSWER_MAX_BYTES);
  if (isLegacyPongResponse(response)) return;
  if (deadline.hasPassed) throw new WireError('READ_TIMEOUT', purpose, 'incomplete at the deadline', response);
  throw new WireError('MALFORMED', purpose, `another response of ${response.length} bytes`, response);
}
