import type { Deadline } from './clock.js';

/**
 * Calls once the deadline has passed, unless it is called off before. What has come by then is dealt with first: a process
 * that stood still over the deadline, on a busy machine, finds both at once, timers before sockets, and must not say that
 * nothing came.
 * @returns calls it off.
 */
export function whenLate(deadline: Deadline, isLate: () => void): () => void {
  let afterSockets: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    afterSockets = setImmediate(isLate);
  }, deadline.remainingMs());
  return () => {
    clearTimeout(timer);
    clearImmediate(afterSockets);
  };
}
