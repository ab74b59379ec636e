/**
 * A signal that aborts with `stop` or after a time, whichever is first. Not `AbortSignal.any` with a timeout: in Node 20
 * the timeout is garbage-collected when nothing else refers to it, and then the signal never aborts.
 * @param spanUs absent: only with `stop`.
 */
export function abortAfter(stop: AbortSignal, spanUs: number | undefined): AbortSignal {
  if (spanUs === undefined || stop.aborted) return stop;
  const either = new AbortController();
  const timer = setTimeout(() => either.abort(), Math.ceil(spanUs / 1000));
  // Only work that is under way keeps the process alive, not this timer.
  timer.unref();
  stop.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      either.abort();
    },
    { once: true },
  );
  return either.signal;
}
