import { type Deadline, isOriginalPongAnswer, originalPingRequest, WireError } from 'tentacle-protocol';
import type { Connection } from './connection.js';

/** The answer has a little more than 10 KiB. */
const ANSWER_MAX_BYTES = 64 * 1024;

/**
 * The round trip of the original pair: a request, and 10 KiB and the end of the connection for an answer.
 * @throws WireError GARBLED when another answer comes, as from a proxy.
 */
export async function exchangeWithLegacyPong(host: string, connection: Connection, deadline: Deadline): Promise<void> {
  const { channel } = connection;
  connection.isSpent = true;
  await channel.write(originalPingRequest(host), deadline);
  const awaiting = 'the answer of the original TentaclePong';
  const answer = await channel.source.collect({ awaiting, deadline }, ANSWER_MAX_BYTES);
  if (isOriginalPongAnswer(answer)) return;
  if (deadline.hasPassed) throw new WireError('READ_TIMEOUT', awaiting, 'not whole in time', answer);
  throw new WireError('GARBLED', awaiting, `${answer.length} bytes that are not it`, answer);
}
