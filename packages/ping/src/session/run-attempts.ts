import type { RunSummary } from '../report/session-results.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { closeGracefully } from './attempt.js';
import type { Exchange } from './exchange.js';
import { EventLoopDelay } from './loop-delay.js';
import { Schedule } from './schedule.js';
import type { Session } from './session.js';
import { Worker } from './worker.js';

/** What a run does on each connection, and whom it informs. */
export interface RunOptions {
  /** Called after each attempt that counts. */
  readonly onAttempt: (record: AttemptRecord) => void;
  /** Absent: a round trip. */
  readonly exchange?: Exchange;
}

/** The run loop: makes the attempts of a session on schedule, as many at a time as its plan allows, until it is done or stopped. */
export async function runAttempts(session: Session, options: RunOptions): Promise<Partial<RunSummary>> {
  const { plan, signal } = session;
  const schedule = new Schedule(plan, signal);
  const workers = Array.from({ length: plan.concurrency }, () => new Worker());
  const eventLoopDelay = plan.concurrency > 1 ? new EventLoopDelay() : undefined;
  await Promise.all(workers.map(async (worker) => runWorker(session, worker, schedule, options)));
  return {
    endedAt: new Date().toISOString(),
    reconnects: workers.reduce((sum, worker) => sum + worker.reconnects, 0),
    notStarted: schedule.notStarted,
    ...(eventLoopDelay === undefined ? {} : { busyP99Us: eventLoopDelay.endP99Us() }),
  };
}

/** One attempt after the other, each when it is due. */
async function runWorker(session: Session, worker: Worker, schedule: Schedule, { onAttempt, exchange }: RunOptions) {
  for (let scheduled = await schedule.next(); scheduled !== undefined; scheduled = await schedule.next()) {
    const { record } = await session.attempt({ worker, scheduled, ...(exchange === undefined ? {} : { exchange }) });
    if (record.number > 0) onAttempt(record);
  }
  const connection = worker.takeConnection();
  if (connection !== undefined) await closeGracefully(connection);
}
