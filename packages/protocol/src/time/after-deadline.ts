import type { Deadline } from './clock.js';

/**
 * Calls back once the deadline has passed, unless it is canceled before. Data that has arrived by then is handled first:
 * a process that was blocked over the deadline, on a busy machine, finds both at once, timers before sockets, and must not
 * report that nothing arrived.
 * @returns cancels it.
 */
export function afterDeadline(deadline: Deadline, isLate: () => void): () => void {
  let afterSockets: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    afterSockets = setImmediate(isLate);
  }, deadline.remainingMs());
  return () => {
    clearTimeout(timer);
    clearImmediate(afterSockets);
  };
}
