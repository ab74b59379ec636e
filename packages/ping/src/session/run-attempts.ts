import { omitUndefined } from 'tentacle-protocol/cli';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { RunSummary } from '../report/session-results.js';
import { closeGracefully } from './attempt.js';
import { EventLoopDelay } from './event-loop-delay.js';
import type { Exchange } from './exchange.js';
import { Schedule } from './schedule.js';
import type { Session } from './session.js';
import { Worker } from './worker.js';

/** What the attempts of a run do, and where their records go. */
export interface AttemptHandlers {
  /** Called after each attempt that counts. */
  readonly onAttempt: (record: AttemptRecord) => void;
  /** What each attempt does on its connection. Absent: a round trip. */
  readonly exchange?: Exchange;
}

/** The run loop: runs the attempts of a session on schedule, as many at a time as its options allow, until it is done or stopped. */
export async function runAttempts(session: Session, handlers: AttemptHandlers): Promise<Partial<RunSummary>> {
  const { options, signal } = session;
  const schedule = new Schedule(options, signal, (untilUs) => (session.nextDueUs = untilUs));
  const workers = Array.from({ length: options.concurrency }, () => new Worker());
  const eventLoopDelay = options.concurrency > 1 ? new EventLoopDelay() : undefined;
  await Promise.all(workers.map(async (worker) => runWorker(session, worker, schedule, handlers)));
  return omitUndefined({
    endedAt: new Date().toISOString(),
    reconnects: workers.reduce((sum, worker) => sum + worker.reconnects, 0),
    notStarted: schedule.notStarted,
    busyP99Us: eventLoopDelay?.endP99Us(),
  });
}

/** One attempt after the other, each when it is due. */
async function runWorker(
  session: Session,
  worker: Worker,
  schedule: Schedule,
  { onAttempt, exchange }: AttemptHandlers,
): Promise<void> {
  const { options } = session;
  for (let scheduled = await schedule.next(); scheduled !== undefined; scheduled = await schedule.next()) {
    await worker.connectionClosed();
    const { record } = await session.attempt(
      exchange === undefined ? { worker, scheduled } : { worker, scheduled, exchange },
    );
    if (record.number > 0) onAttempt(record);
    if (isPointlessToRepeat(options, record)) schedule.end();
  }
  const connection = worker.takeConnection();
  if (connection !== undefined) await closeGracefully(connection);
}

/**
 * Whether the run ends with its first attempt, as that of ping does: the name does not exist, and no end was requested.
 * With a count, a duration or a deadline the run may be waiting for the name. A resolver that fails may recover.
 */
function isPointlessToRepeat(
  { count, durationUs, deadlineUs }: Session['options'],
  { number, outcome }: AttemptRecord,
): boolean {
  const isEndless = count === undefined && durationUs === undefined && deadlineUs === undefined;
  return isEndless && number === 1 && outcome === 'dns.not-found';
}
