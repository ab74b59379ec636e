import { setImmediate } from 'node:timers/promises';
import { Deadline } from '../../packages/protocol/src/time/clock.js';
import { ByteReader } from '../../packages/protocol/src/halibut/byte-reader.js';
import { readDataStream } from '../../packages/protocol/src/halibut/data-stream.js';
import {
  type RequestMessage,
  type ResponseMessage,
  readMessage,
} from '../../packages/protocol/src/halibut/messages.js';
import type { CapturedRead, Side } from './load-capture.js';

/** One item that a side sent: a line or page as text, a message (null: no work), or the content of a data stream. */
export type CapturedItem = string | RequestMessage | ResponseMessage | null | Buffer;

/** The lines of the protocol, with the empty ones that belong to them. */
const LINE = /^(?:MX\r?\n\r?\n|MX-[A-Z]+ [^\r]*\r\n\r\n|(?:NEXT|PROCEED|END)\r\n)/;

/** How the bytes of a side are split for the reader. */
export type Chunking = (chunks: readonly Buffer[]) => readonly Buffer[];

export const CHUNKINGS: Readonly<Record<string, Chunking>> = {
  'as recorded': (chunks) => chunks,
  whole: (chunks) => [Buffer.concat(chunks)],
  'byte by byte': cutInto([1]),
};

/** Returns a function that joins all bytes and splits them into pieces of these sizes, repeatedly. */
export function cutInto(sizes: readonly number[]): Chunking {
  return (chunks) => {
    const all = Buffer.concat(chunks);
    const pieces: Buffer[] = [];
    for (let at = 0; at < all.length; at += pieces.at(-1)?.length ?? 0) {
      pieces.push(all.subarray(at, at + (sizes[pieces.length % sizes.length] ?? 1)));
    }
    return pieces;
  };
}

/** Returns the bytes that a side sent, as recorded. */
export function chunksOf(capture: readonly CapturedRead[], from: Side): Buffer[] {
  return capture.flatMap(({ from: side, bytes }) => (side === from && bytes !== undefined ? [bytes] : []));
}

/** Returns a source that receives the chunks in this chunking, with time to process each one, and then the end. */
export function arriving(chunks: readonly Buffer[], chunking: Chunking): ByteReader {
  const source = new ByteReader();
  const feed = async (): Promise<void> => {
    for (const chunk of chunking(chunks)) {
      source.push(chunk);
      await setImmediate();
    }
    source.end();
  };
  void feed();
  return source;
}

/** Decodes everything that a side sent, in order. */
export async function decode(chunks: readonly Buffer[], chunking: Chunking): Promise<CapturedItem[]> {
  const all = Buffer.concat(chunks);
  const source = arriving(chunks, chunking);
  const readRequest = { purpose: 'the next item', deadline: Deadline.inMs(20_000) };
  const items: CapturedItem[] = [];
  for (let at = 0; at < all.length; ) {
    const line = LINE.exec(all.toString('latin1', at, at + 100))?.[0];
    if (line !== undefined) {
      items.push((await source.readExactly(line.length, readRequest)).toString());
    } else {
      const { message, streams } = await readMessage(source, readRequest, {
        maxInflatedBytes: 100_000,
        maxValues: 1000,
      });
      items.push(message);
      for (const ref of streams) {
        const pieces: Buffer[] = [];
        for await (const piece of readDataStream(source, ref, readRequest)) pieces.push(piece);
        items.push(Buffer.concat(pieces));
      }
    }
    at = source.receivedBytes - source.bufferedBytes;
  }
  return items;
}
