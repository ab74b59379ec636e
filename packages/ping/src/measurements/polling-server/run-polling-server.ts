import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Identity, listen, listenerContext, abortAfter } from 'tentacle-protocol';
import { ConnectionServer, receiveConnection } from 'tentacle-protocol/diagnostics';
import type { PollingServerOptions } from '../../options/polling-server-options.js';
import { enqueueCalls } from './enqueue-calls.js';
import { renderPage } from './page.js';
import { handlePollingConnection } from './polling-connection.js';
import { buildPollingReport, type PollingReport } from './polling-report.js';
import { POLLING_SERVER_LIMITS, type PollingServerLimits } from './polling-server-limits.js';
import type { PollingServerContext } from './polling-server-context.js';
import { type CallRecord, PollingTally } from './polling-tally.js';
import { Subscriptions } from './subscriptions.js';

/** How long pollers may take to notice the end of the run before they are cut: as long as a busy machine needs. */
const GOODBYE_MS = 1000;

/** Follows the run while it lasts. */
export interface ServerObserver {
  readonly onListening: (port: number) => void;
  /** Called with what can be watched of the run before any connection. */
  readonly onStart?: (run: PollingServerContext) => void;
  readonly onCallCompleted: (record: CallRecord) => void;
  /** Called with a line for people about connections: opened, closed, rejected. */
  readonly onMessage: (line: string) => void;
}

/** Endings that a run has in any case, and that need no explanation. */
const UNREMARKABLE = ['stopped', 'poll.ended'];

/**
 * Listens for pollers and dispatches calls to them until the plan is completed or the signal is aborted. In both cases there is a
 * report.
 * @throws the system's error when it cannot listen.
 */
export async function runPollingServer(
  plan: PollingServerOptions,
  identity: Identity,
  observer: ServerObserver,
  run: { readonly version: string; readonly stop: AbortSignal; readonly limits?: PollingServerLimits },
): Promise<PollingReport> {
  const { version, limits = POLLING_SERVER_LIMITS } = run;
  const closing = new AbortController();
  const done = new AbortController();
  const stopped = abortAfter(run.stop, plan.deadlineUs);
  const close = (): void => closing.abort();
  stopped.addEventListener('abort', close, { once: true });
  if (stopped.aborted) close();

  let unfinished = 0;
  const context: PollingServerContext = {
    version,
    plan,
    limits,
    secureContext: listenerContext(identity),
    trusted: new Set(plan.trust),
    tally: new PollingTally(),
    onMessage: observer.onMessage,
    onCallCompleted: observer.onCallCompleted,
    closing: closing.signal,
    stop: done.signal,
    subscriptions: new Subscriptions((subscription) => {
      if (plan.subscription !== undefined && plan.subscription !== subscription.id) return;
      unfinished++;
      void enqueueCalls(subscription, context).then(() => {
        unfinished--;
        if (unfinished === 0) close();
      });
    }),
  };
  observer.onStart?.(context);
  // Every connection listens to it.
  setMaxListeners(0, closing.signal);
  const connections = acceptPollers(context);
  const server = await listen(plan, (socket) => connections.accept(socket));
  // Accepting can fail for a moment, as when no file handle is free; listening goes on.
  server.on('error', (error) => observer.onMessage(`! A connection could not be accepted (${error.message}).`));
  const { port } = server.address() as AddressInfo;
  const startedAt = new Date().toISOString();
  observer.onListening(port);
  // For a subscription that was named, calls are queued from the beginning.
  if (plan.subscription !== undefined) context.subscriptions.of(plan.subscription);

  await aborted(closing.signal);
  const endedAt = new Date().toISOString();
  server.close();
  const cut = setTimeout(() => done.abort(), GOODBYE_MS);
  await connections.drain();
  clearTimeout(cut);
  return buildPollingReport(context, port, identity.thumbprint, { startedAt, endedAt });
}

/** Returns the server of the connections: each one is received, handled and counted. */
function acceptPollers(context: PollingServerContext): ConnectionServer {
  const { tally, limits, onMessage } = context;
  const receiveOptions = { ...context, renderPage, answersLegacyPing: false };
  return new ConnectionServer({
    role: 'server',
    limits,
    counts: tally,
    stop: context.stop,
    onConnection: async (socket, connection) =>
      receiveConnection(socket, connection, receiveOptions, (peer) => handlePollingConnection(peer, context)),
    onEnded: (record, { ending, observation }) => {
      const count = tally.connectionEnded(record);
      // The first of a kind is explained, the others are counted: many connections must not become many lines.
      if (!UNREMARKABLE.includes(ending.id) && count === 1)
        onMessage(`! ${ending.title}. ${ending.means(observation)}`);
    },
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
