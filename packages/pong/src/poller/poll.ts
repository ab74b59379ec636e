import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { omitUndefined } from 'tentacle-protocol/cli';
import { describeFailure } from 'tentacle-protocol/diagnostics';
import { Backoff } from './backoff.js';
import { ConcurrentConnections } from './concurrent-connections.js';
import { pollOnce, type PollingObserver } from './poll-once.js';
import type { PollObservation, PollResult } from './poll-result.js';
import type { PollingContext } from './polling-context.js';
import { checkRegistration, findServers, type PolledServer, type RegistrationCheck } from './registration.js';

/** What was found out beside polling. */
export interface PollFindings {
  readonly registration?: RegistrationCheck;
  /** The servers that answered at the polled name. */
  readonly servers?: readonly PolledServer[];
}

/**
 * Keeps as many connections open as the plan has, each with its own back-off, as a polling Tentacle does, until the run is
 * stopped.
 * @returns what registration's check showed; nothing when TLS was never established, or the run was stopped before.
 */
export async function poll(context: PollingContext, random: () => number = Math.random): Promise<PollFindings> {
  // Every connection listens to it, and every wait.
  setMaxListeners(0, context.stop);
  let registration: Promise<RegistrationCheck | undefined> | undefined;
  let servers: Promise<readonly PolledServer[]> | undefined;
  const observer: PollingObserver = {
    // Once a run: what listens there does not change.
    onTls: async () => {
      registration ??= checkRegistration(context);
      const check = await registration;
      if (check !== undefined) servers ??= findServers(context, check);
      return check?.author;
    },
    onAccepted: () => context.tally.opened(),
    onClosed: () => context.tally.closed(),
    connections: new ConcurrentConnections(),
  };
  const numbers = Array.from({ length: context.plan.connections }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => keepPolling(context, number, observer, random())));
  return omitUndefined({ registration: await registration, servers: await servers });
}

async function keepPolling(
  context: PollingContext,
  connection: number,
  observer: PollingObserver,
  spread: number,
): Promise<void> {
  const backoff = new Backoff(spread);
  const onAccepted: PollingObserver['onAccepted'] = (accepted) => {
    backoff.succeeded();
    observer.onAccepted(accepted);
    context.log.info({ connection, event: 'accepted', ...accepted }, 'The server accepted the connection.');
  };
  while (!context.stop.aborted) {
    backoff.attemptStarted();
    const result = await pollOnce(context, { ...observer, onAccepted });
    const count = context.tally.ended(result);
    if (result.outcome === 'stopped') return;
    const { waitUs } = backoff;
    logFailure(context, { connection, result, count, waitUs });
    await sleep(waitUs / 1000, undefined, { signal: context.stop }).catch(() => undefined);
  }
}

/** Explains the first failure of a kind; names and counts the others. */
function logFailure(
  { log }: PollingContext,
  attempt: { connection: number; result: PollResult & PollObservation; count: number; waitUs: number },
): void {
  const { connection, count, waitUs } = attempt;
  const { failure, observation, facts: _, ...fields } = attempt.result;
  if (failure === undefined || observation === undefined) return;
  const { title, explanation: means } = describeFailure(failure.id, observation);
  const text = count === 1 ? `${title}. ${means}` : `${title} (${count} times).`;
  log.warn(
    { connection, ...fields, code: failure.evidence.code, times: count, waitUs },
    `${text} Trying again in ${(waitUs / 1_000_000).toFixed(1)} s.`,
  );
}
