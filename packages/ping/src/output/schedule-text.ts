import { count, formatDuration } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';

/** A shorter time changes no conclusion from a stage's time. */
const BUSY_US = 5000;

/** The attempts under load: the rate, and those that were not counted. */
export function loadLines({ pace, plan, attempts }: Pick<Report, 'pace' | 'plan' | 'attempts'>): string[] {
  const { warmup, spanUs } = pace;
  const isLoad = plan.perSecond !== undefined || plan.intervalUs === 0 || plan.concurrency > 1;
  return [
    ...(warmup.sent === 0
      ? []
      : [`warm-up: ${count(warmup.sent, 'attempt')}, ${warmup.failed} failed; not counted above`]),
    ...(isLoad && spanUs > 0 ? [`rate: ${perSecond((attempts.sent * 1e6) / spanUs)} attempts per second`] : []),
  ];
}

/** Reasons to doubt times or counts: attempts that were late or not started, and a blocked process. */
export function scheduleWarnings({
  pace,
  plan,
  stages,
  attempts,
}: Pick<Report, 'pace' | 'plan' | 'stages' | 'attempts'>): string[] {
  const lines: string[] = [];
  const { late, notStarted, busyP99Us } = pace;
  if (late > 0) {
    const least = stages.total === undefined ? undefined : Math.ceil((stages.total.meanUs / plan.intervalUs) * 1.5);
    const remedy = least === undefined || least <= plan.concurrency ? '' : `; use --concurrency ${least} to keep up`;
    const running = plan.concurrency === 1 ? 'the previous attempt was' : `${plan.concurrency} earlier attempts were`;
    // No attempt took as long as the interval, so none delayed the next.
    const wasStopped = attempts.failed === 0 && stages.total !== undefined && stages.total.maxUs < plan.intervalUs;
    const reason = wasStopped
      ? 'this process did not run at that time (Ctrl+Z, or the machine slept)'
      : `${running} still running${remedy}`;
    lines.push(`${count(late, 'attempt')} started after the scheduled time, because ${reason}`);
  }
  if (notStarted > 0)
    lines.push(
      `${count(notStarted, 'attempt')} that ${notStarted === 1 ? 'was' : 'were'} due had not started when the run was stopped`,
    );
  if (busyP99Us !== undefined && busyP99Us >= BUSY_US)
    lines.push(
      `this process was blocked for up to ${formatDuration(busyP99Us)} at a time; measured times may be that much too high`,
    );
  return lines;
}

/** Three digits, or a whole number. */
function perSecond(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}
