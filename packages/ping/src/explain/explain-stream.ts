import { LINE_MAX_CHARS } from 'tentacle-protocol';
import { Events } from './events.js';
import type { Explanation } from './explanation.js';
import { Lines } from './lines.js';
import { LogText } from './log-text.js';
import { Tally, type Wanted } from './tally.js';

/**
 * Read a log or a message, however large, and find what is known in it. Memory does not grow with it.
 * @param stop ends the reading; what was found so far is the result.
 * @throws NotTextError
 */
export async function explainStream(
  chunks: AsyncIterable<Uint8Array>,
  wanted: Wanted,
  stop?: AbortSignal,
): Promise<Explanation> {
  const text = new LogText();
  const lines = new Lines(LINE_MAX_CHARS);
  const tally = new Tally(wanted);
  const events = new Events((event) => tally.add(event));
  let number = 0;
  const read = (fresh: Iterable<string>): void => {
    for (const line of fresh) events.push({ number: ++number, line });
  };
  for await (const chunk of untilStopped(chunks, stop)) read(lines.push(text.push(chunk)));
  read(lines.push(text.end()));
  read(lines.end());
  events.end();
  return tally.result({ lines: number, cutLines: lines.cut, stopped: stop?.aborted === true });
}

/** The chunks until the signal comes, also while one is waited for. */
async function* untilStopped(chunks: AsyncIterable<Uint8Array>, stop?: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOrStop(source, stop);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is waited for answers only when something comes.
    void source.return?.();
  }
}

async function nextOrStop<T>(source: AsyncIterator<T>, stop?: AbortSignal): Promise<IteratorResult<T> | undefined> {
  return new Promise((resolve, reject) => {
    const give = (): void => resolve(undefined);
    if (stop?.aborted === true) give();
    stop?.addEventListener('abort', give, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => stop?.removeEventListener('abort', give));
  });
}
