import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure } from 'tentacle-protocol';
import { BackOff } from './back-off.js';
import { Company } from './company.js';
import { type Polled, pollOnce, type Seen, type Watcher } from './poll-once.js';
import { checkRegistration, type RegistrationCheck } from './registration.js';
import type { PollRun } from './run.js';

/**
 * Keep up as many connections as the plan wants until the run is stopped, each with its own back-off, as a polling
 * Tentacle does.
 * @returns what registration's check said; undefined when TLS never came about, or the run was stopped before.
 */
export async function poll(run: PollRun, random: () => number = Math.random): Promise<RegistrationCheck | undefined> {
  // Every connection listens to it, and every wait.
  setMaxListeners(0, run.stop);
  let checked: Promise<RegistrationCheck | undefined> | undefined;
  const watcher: Watcher = {
    // Once a run: what listens there does not change.
    onTls: async () => (await (checked ??= checkRegistration(run)))?.author,
    onTaken: () => run.tally.opened(),
    onLeft: () => run.tally.closed(),
    company: new Company(),
  };
  const numbers = Array.from({ length: run.plan.connections }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => keepPolling(run, number, watcher, random())));
  return checked;
}

async function keepPolling(run: PollRun, connection: number, watcher: Watcher, spread: number): Promise<void> {
  const backOff = new BackOff(spread);
  const watched: Watcher = {
    ...watcher,
    onTaken: () => {
      backOff.succeeded();
      watcher.onTaken();
    },
  };
  while (!run.stop.aborted) {
    backOff.tries();
    const polled = await pollOnce(run, watched);
    const count = run.tally.ended(polled);
    if (polled.outcome === 'stopped') return;
    const { waitUs } = backOff;
    log(run, connection, polled, count, waitUs);
    await sleep(waitUs / 1000, undefined, { signal: run.stop }).catch(() => undefined);
  }
}

/** The first of a kind is explained, the others are named and counted. */
function log(run: PollRun, connection: number, polled: Polled & Seen, count: number, waitUs: number): void {
  const { failure, sighting, facts: _, ...plain } = polled;
  if (failure === undefined || sighting === undefined) return;
  const { title, means } = describeFailure(failure.id, sighting);
  const text = count === 1 ? `${title}. ${means}` : `${title} (${count} times).`;
  run.log.warn(
    { connection, ...plain, code: failure.evidence.code },
    `${text} Trying again in ${(waitUs / 1_000_000).toFixed(1)} s.`,
  );
}
