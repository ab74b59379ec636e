import { type IncomingCall, type Reply, serveRequests } from 'tentacle-protocol';
import { maskUnsafe, omitUndefined } from 'tentacle-protocol/cli';
import {
  type AuthenticatedPeer,
  type ConnectionView,
  type InboundConnection,
  workTurns,
} from 'tentacle-protocol/diagnostics';
import { ConnectionTransfers } from './connection-transfers.js';
import type { ServerContext } from './server-context.js';
import { answerCall, metricName, type QueryRecords } from './services.js';
import { ECHO, type Tally } from './tally.js';

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
  const { address } = connection.facts;
  const stopKeepAlive = (): void => void channel.tcp.setKeepAlive(false);
  const transfers = new ConnectionTransfers(server.transfers, address, () => channel.cancel());
  const view = (): ConnectionView => ({
    ...connection.describe(version),
    idleLimitMs: limits.idleMs,
    ...omitUndefined({ dataBusyPercent: transfers.busyPercent }),
  });
  const context = { view, queryRecords, attest, stopKeepAlive, transfers };
  const answer = async (call: IncomingCall): Promise<Reply> => {
    const { service, method, activityId } = call.request;
    connection.callStarted(activityId);
    if (log.isLevelEnabled('debug')) {
      const names = { service: loggable(service), method: loggable(method) };
      log.debug({ connectionId: connection.connectionId, ...names }, 'call');
    }
    const reply = await answerCall(call, context);
    const name = metricName(call);
    connection.callCompleted(name);
    const hasStreams = call.streams.length > 0 || reply.streams !== undefined;
    if (hasStreams || reply.rejection !== undefined) return reply;
    // Listed: to spread the reply took 6 us of a round trip.
    const { error, result } = reply;
    return { error, result, onSent: (us) => timeCall(name, us, connection, server.tally) };
  };
  const inTurn = { ...limits, takeTurn: workTurns.of(address) };
  const end = await serveRequests(channel, 'listening', inTurn, answer)
    .catch((error: unknown) => {
      throw transfers.disconnection ?? error;
    })
    .finally(() => transfers.end());
  connection.record({ lastAnswer: end === 'unconfirmed' ? 'unconfirmed' : 'confirmed' });
}

/** Counts the time of a call without data streams. The record has that of the first echo or, without one, of the first call. */
function timeCall(name: string, durationUs: number, connection: InboundConnection, tally: Tally): void {
  tally.answered(name, durationUs);
  const isFirstEcho = name === ECHO && connection.calls[ECHO] === 1;
  if (isFirstEcho || connection.facts.rpcUs === undefined) connection.record({ rpcUs: durationUs });
}

/** Returns a client's name for a service or a method, safe to log. Real names are under 100 characters. */
function loggable(text: string): string {
  return maskUnsafe(text.slice(0, 100));
}
