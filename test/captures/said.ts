import { setImmediate } from 'node:timers/promises';
import { Deadline } from '../../packages/protocol/src/clock.js';
import { ByteSource } from '../../packages/protocol/src/wire/byte-source.js';
import { readDataStream } from '../../packages/protocol/src/wire/data-stream.js';
import { type RequestMessage, type ResponseMessage, readMessage } from '../../packages/protocol/src/wire/messages.js';
import type { Recorded, Side } from './recording.js';

/** One thing that a side said: a line or page as it is, a message (null: no work), or the content of a data stream. */
export type Said = string | RequestMessage | ResponseMessage | null | Buffer;

/** The lines of the protocol, with the empty ones that belong to them. */
const LINE = /^(?:MX\r?\n\r?\n|MX-[A-Z]+ [^\r]*\r\n\r\n|(?:NEXT|PROCEED|END)\r\n)/;

/** How the bytes of a side are handed to whoever reads them. */
export type Way = (chunks: readonly Buffer[]) => readonly Buffer[];

export const WAYS: Readonly<Record<string, Way>> = {
  'as recorded': (chunks) => chunks,
  whole: (chunks) => [Buffer.concat(chunks)],
  'byte by byte': cutInto([1]),
};

/** All bytes joined and cut anew, into pieces of these sizes over and over. */
export function cutInto(sizes: readonly number[]): Way {
  return (chunks) => {
    const all = Buffer.concat(chunks);
    const pieces: Buffer[] = [];
    for (let at = 0; at < all.length; at += pieces.at(-1)?.length ?? 0) {
      pieces.push(all.subarray(at, at + (sizes[pieces.length % sizes.length] ?? 1)));
    }
    return pieces;
  };
}

/** What a side sent, as it was recorded. */
export function chunksOf(capture: readonly Recorded[], from: Side): Buffer[] {
  return capture.flatMap(({ from: side, bytes }) => (side === from && bytes !== undefined ? [bytes] : []));
}

/** A source to which the chunks come this way, with time to use each before the next, and then the end. */
export function arriving(chunks: readonly Buffer[], way: Way): ByteSource {
  const source = new ByteSource();
  const feed = async (): Promise<void> => {
    for (const chunk of way(chunks)) {
      source.push(chunk);
      await setImmediate();
    }
    source.end();
  };
  void feed();
  return source;
}

/** All that a side said, in order. */
export async function decode(chunks: readonly Buffer[], way: Way): Promise<Said[]> {
  const all = Buffer.concat(chunks);
  const source = arriving(chunks, way);
  const ask = { awaiting: 'what comes next', deadline: Deadline.inMs(20_000) };
  const said: Said[] = [];
  for (let at = 0; at < all.length; ) {
    const line = LINE.exec(all.toString('latin1', at, at + 100))?.[0];
    if (line !== undefined) {
      said.push((await source.readExactly(line.length, ask)).toString());
    } else {
      const { message, streams } = await readMessage(source, ask, { maxInflatedBytes: 100_000 });
      said.push(message);
      for (const ref of streams) {
        const pieces: Buffer[] = [];
        for await (const piece of readDataStream(source, ref, ask)) pieces.push(piece);
        said.push(Buffer.concat(pieces));
      }
    }
    at = source.receivedBytes - source.bufferedBytes;
  }
  return said;
}
