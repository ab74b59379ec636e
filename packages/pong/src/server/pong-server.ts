import { MemoryBudget } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { ConnectionServer, type PageRequest, receiveConnection } from 'tentacle-protocol/diagnostics';
import { answerCalls } from './answer-calls.js';
import { renderPage } from './page.js';
import type { RecordsContext } from './record-store.js';
import type { ServerContext } from './server-context.js';

/** Returns the server of a tentacle-pong: each connection gets its ending, its record and its line in the log. */
export function createPongServer(context: ServerContext): ConnectionServer {
  const { tally, records, monitor, log, endingLog, limits, stop, version, startFacts } = context;
  const page = { latestFrom: (address: string, max: number) => records.latestFrom(address, max), startFacts };
  const bounded = { ...context, limits: { ...limits, memoryBudget: new MemoryBudget(limits.allMessagesMaxBytes) } };
  const receiveOptions = {
    ...bounded,
    renderPage: (request: PageRequest) => renderPage(request, page),
    answersLegacyPing: true,
  };
  const forEachOpen: RecordsContext['forEachOpen'] = (visit) => server.forEachOpen(visit);
  const server = new ConnectionServer({
    role: 'tentacle',
    limits,
    counts: tally,
    stop,
    onConnection: async (socket, connection) => {
      await receiveConnection(socket, connection, receiveOptions, (peer) =>
        answerCalls(peer, bounded, (query) => {
          // A query for the clock alone is answered at once, so that it is exact.
          const isForClock = query.max === 0;
          if (!isForClock) monitor.sample();
          const listener = isForClock ? undefined : monitor.health(tally.peak, query.from, query.to);
          const { largestAcceptBatch } = server;
          const caller = connection.describe(version);
          return records.query(query, { caller, forEachOpen, largestAcceptBatch, ...omitUndefined({ listener }) });
        }),
      );
    },
    onEnded: (record, { ending, observation, error, number }) => {
      tally.ended(record);
      records.add(record, number);
      endingLog.add(record, { ending, observation });
      if (ending.id === 'internal.bug') log.debug(error, 'stack of the internal error');
    },
  });
  return server;
}
