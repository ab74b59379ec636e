import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  arrivedConnection,
  endingOf,
  Gate,
  type Identity,
  LISTENER_LIMITS,
  type ListenerLimits,
  listen,
  listenerContext,
  stopAfter,
} from 'tentacle-protocol';
import { giveCalls } from './give-calls.js';
import type { House } from './house.js';
import type { ServePlan } from './plan.js';
import { type PollingReport, pollingReportOf } from './report.js';
import { Subscriptions } from './subscriptions.js';
import { type CallRecord, ServeTally } from './tally.js';
import { serveVisitor } from './visitor.js';

/** How long pollers may take to see that we leave, before they are cut: as much as a busy machine needs. */
const GOODBYE_MS = 1000;

/** Whoever looks on. */
export interface Onlooker {
  readonly listening: (port: number) => void;
  readonly called: (record: CallRecord) => void;
  /** Who comes, goes, and is refused: a line for people. */
  readonly say: (line: string) => void;
}

/**
 * Listen for pollers and hand them calls until the plan is done or the signal comes; whatever happens then, there is a
 * report.
 * @throws the system's error where it cannot listen.
 */
export async function serve(
  plan: ServePlan,
  identity: Identity,
  version: string,
  onlooker: Onlooker,
  stop: AbortSignal,
  limits: ListenerLimits = LISTENER_LIMITS,
): Promise<PollingReport> {
  const closing = new AbortController();
  const done = new AbortController();
  const ended = stopAfter(stop, plan.deadlineUs);
  const end = (): void => closing.abort();
  ended.addEventListener('abort', end, { once: true });
  if (ended.aborted) end();

  let unfinished = 0;
  const house: House = {
    version,
    plan,
    limits,
    secureContext: listenerContext(identity),
    trusted: new Set(plan.trust),
    tally: new ServeTally(),
    say: onlooker.say,
    called: onlooker.called,
    closing: closing.signal,
    stop: done.signal,
    subscriptions: new Subscriptions((subscription) => {
      if (plan.subscription !== undefined && plan.subscription !== subscription.id) return;
      unfinished++;
      void giveCalls(subscription, house).then(() => {
        unfinished--;
        if (unfinished === 0) end();
      });
    }),
  };
  // Every visitor listens to it.
  setMaxListeners(0, closing.signal);
  const gate = new Gate({
    part: 'server',
    connectionsMax: limits.connectionsMax,
    counts: house.tally,
    stop: done.signal,
    serve: (socket, course) => serveVisitor(socket, course, house),
    ended: (socket, course, error) => {
      const sighting = course.sighting(error);
      const ending = endingOf(sighting);
      const code = sighting.code === undefined ? {} : { code: sighting.code };
      const times = house.tally.visited({ ...arrivedConnection(socket, course), ending: ending.id, ...code });
      // The first of a kind is explained, the others are counted: a flood of visitors is no flood of lines.
      if (ending.id !== 'stopped' && ending.id !== 'poll.ended' && times === 1)
        onlooker.say(`! ${ending.title}. ${ending.means(sighting)}`);
    },
  });
  const server = await listen(plan, (socket) => gate.admit(socket));
  // Accepting can fail for a moment, as when no file handle is free; listening goes on.
  server.on('error', (error) => onlooker.say(`! a connection could not be accepted (${error.message})`));
  const { port } = server.address() as AddressInfo;
  const startedAt = new Date().toISOString();
  onlooker.listening(port);
  // For a subscription that was named, calls wait from the beginning.
  if (plan.subscription !== undefined) house.subscriptions.of(plan.subscription);

  await aborted(closing.signal);
  const endedAt = new Date().toISOString();
  server.close();
  const patience = setTimeout(() => done.abort(), GOODBYE_MS);
  await gate.drained();
  clearTimeout(patience);
  return pollingReportOf(house, port, identity.thumbprint, { startedAt, endedAt });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
