import { LINE_MAX_CHARS, type LogOrigin } from 'tentacle-protocol/diagnostics';
import { Events } from './events.js';
import type { Explanation } from './explanation.js';
import { Lines } from '../text-input/lines.js';
import { LogText } from '../text-input/log-text.js';
import { EventTally, type LogSelection } from './event-tally.js';

/**
 * Reads a log or a message of any size and finds the known messages in it. Memory use does not depend on its size.
 * @param options.origin what the name of the log shows about its origin.
 * @param options.stop ends the reading; the result covers the lines read until then.
 * @throws NotTextError
 */
export async function explainStream(
  chunks: AsyncIterable<Uint8Array>,
  scope: LogSelection,
  { origin, stop }: { readonly origin?: LogOrigin; readonly stop?: AbortSignal } = {},
): Promise<Explanation> {
  const text = new LogText();
  const lines = new Lines(LINE_MAX_CHARS);
  const tally = new EventTally(scope, origin);
  const events = new Events((event) => tally.add(event));
  let number = 0;
  const read = (newLines: Iterable<string>): void => {
    for (const line of newLines) events.push({ number: ++number, line: line.replace(QUOTED, '') });
  };
  for await (const chunk of untilStopped(chunks, stop)) read(lines.push(text.push(chunk)));
  read(lines.push(text.end()));
  read(lines.end());
  events.end();
  return tally.result({ lines: number, cutLines: lines.cut, stopped: stop?.aborted === true });
}

/** What programs for mail and chats put before each line of a text that they quote. */
const QUOTED = /^(?:> ?){1,5}(?=\s*\S)/;

/** Yields the chunks until the signal is aborted, also during a wait for the next chunk. */
async function* untilStopped(chunks: AsyncIterable<Uint8Array>, stop?: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOrStop(source, stop);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited, because a source that waits for input settles only when input arrives.
    void source.return?.();
  }
}

async function nextOrStop<T>(source: AsyncIterator<T>, stop?: AbortSignal): Promise<IteratorResult<T> | undefined> {
  return new Promise((resolve, reject) => {
    const resolveEmpty = (): void => resolve(undefined);
    if (stop?.aborted === true) resolveEmpty();
    stop?.addEventListener('abort', resolveEmpty, { once: true });
    source
      .next()
      .then(resolve, reject)
      .finally(() => stop?.removeEventListener('abort', resolveEmpty));
  });
}
