import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Deadline } from '../time/clock.js';
import { type ReadRequest, ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';

/** A request with time enough for every test that is not about time. */
export function readRequest(purpose = 'the thing', deadline = Deadline.inMs(20_000)): ReadRequest {
  return { purpose, deadline };
}

/** The bytes cut into pieces of these sizes, over and over. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(bytes.subarray(at, at + Math.max(1, sizes[pieces.length % sizes.length] ?? 1)));
  }
  return pieces;
}

/** A source that holds these bytes and then ends. */
export function holding(...bytes: readonly Uint8Array[]): ByteReader {
  const source = new ByteReader();
  for (const chunk of bytes) source.push(chunk);
  source.end();
  return source;
}

/** A source to which the pieces come one at a time, with time to use each before the next, and then the end. */
export function arriving(pieces: Iterable<Uint8Array>): ByteReader {
  const source = new ByteReader();
  const feed = async (): Promise<void> => {
    for (const piece of pieces) {
      source.push(piece);
      await setImmediate();
    }
    source.end();
  };
  void feed();
  return source;
}

/** Has the same bytes read however they come: whole, byte by byte, and cut at random. */
export async function inEveryCut(bytes: Uint8Array, check: (source: ByteReader) => Promise<unknown>): Promise<void> {
  await check(arriving([bytes]));
  await check(arriving(cut(bytes, [1])));
  const sizes = fc.array(fc.integer({ min: 1, max: Math.max(2, Math.ceil(bytes.length / 3)) }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(sizes, async (sizes) => {
      await check(arriving(cut(bytes, sizes)));
    }),
    { numRuns: 15 },
  );
}

/** What was thrown; undefined when nothing was. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A channel whose other side answers each write with the next of these, at once; `null` is the end of its stream. */
export function answering(
  ...answers: readonly (Uint8Array | string | null)[]
): Channel & { readonly writes: Buffer[] } {
  const source = new ByteReader();
  const writes: Buffer[] = [];
  const write = (bytes: Uint8Array): Promise<void> => {
    const answer = answers[writes.length];
    writes.push(Buffer.from(bytes));
    if (answer === null) source.end();
    else if (answer !== undefined) source.push(Buffer.from(answer));
    return Promise.resolve();
  };
  return { source, write, writes };
}
