import { type IncomingCall, type Reply, serveRequests } from 'tentacle-protocol';
import { maskUnsafe } from 'tentacle-protocol/cli';
import { type AuthenticatedPeer, type ConnectionView, workTurns } from 'tentacle-protocol/diagnostics';
import { ConnectionTransfers } from './connection-transfers.js';
import type { ServerContext } from './server-context.js';
import { answerCall, metricName, type QueryRecords } from './services.js';

/**
 * Answers a client's calls until it leaves, as a listening Tentacle does.
 * @throws whatever ended the connection, unless it ended normally.
 */
export async function answerCalls(
  { connection, channel, subscription, sendIdentity }: AuthenticatedPeer,
  server: ServerContext,
  queryRecords: QueryRecords,
): Promise<void> {
  const { limits, log, version } = server;
  // A real listener answers a poller too, which then believes that all is well. This one closes after it and reports it.
  await sendIdentity();
  if (subscription !== undefined) return;

  connection.enterStage('rpc');
  const attest = server.attestor.forConnection(connection, (nonce) => channel.exportChannelBinding(nonce));
  const view = (): ConnectionView => ({ ...connection.describe(version), idleLimitMs: limits.idleMs });
  const { address } = connection.facts;
  const stopKeepAlive = (): void => void channel.tcp.setKeepAlive(false);
  const transfers = new ConnectionTransfers(server.transfers, address, () => channel.cancel());
  const context = { view, queryRecords, attest, stopKeepAlive, transfers };
  const answer = async (call: IncomingCall): Promise<Reply> => {
    const { service, method, activityId } = call.request;
    connection.callStarted(activityId);
    if (log.isLevelEnabled('debug')) {
      const names = { service: loggable(service), method: loggable(method) };
      log.debug({ connectionId: connection.connectionId, ...names }, 'call');
    }
    const reply = await answerCall(call, context);
    connection.callCompleted(metricName(call));
    return reply;
  };
  const inTurn = { ...limits, takeTurn: workTurns.of(address) };
  const end = await serveRequests(channel, 'listening', inTurn, answer)
    .catch((error: unknown) => {
      throw transfers.disconnection ?? error;
    })
    .finally(() => transfers.end());
  connection.record({ lastAnswer: end === 'unconfirmed' ? 'unconfirmed' : 'confirmed' });
}

/** Returns a client's name for a service or a method, safe to log. Real names are under 100 characters. */
function loggable(text: string): string {
  return maskUnsafe(text.slice(0, 100));
}
