/**
 * A signal that comes with `stop`, or after a span, whichever is first. Not `AbortSignal.any` over a timeout: Node 20
 * lets the garbage collector take the timeout away when nothing else holds it, and then the signal never comes.
 * @param spanUs absent: only with `stop`.
 */
export function stopAfter(stop: AbortSignal, spanUs: number | undefined): AbortSignal {
  if (spanUs === undefined || stop.aborted) return stop;
  const either = new AbortController();
  const timer = setTimeout(() => either.abort(), Math.ceil(spanUs / 1000));
  // What is under way keeps the process, not the wish to end it.
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
