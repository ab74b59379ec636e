import type { Deadline } from '../time/clock.js';
import type { ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { EVIDENCE_MAX_BYTES, WireError } from './wire-error.js';

/** What a connecting peer said first, before any identity. */
export type Preamble =
  /** `MX`: a message exchange follows. */
  | { readonly kind: 'message-exchange' }
  /** Anything else (`GET / HTTP/1.1`, `HELLO`): wants the friendly page. `head` is bounded, `totalBytes` is all. */
  | { readonly kind: 'other'; readonly firstLine: string; readonly head: Buffer; readonly totalBytes: number }
  /** The stream ended before a first byte: a probe that only shakes hands. */
  | { readonly kind: 'none' };

export interface PreambleLimits {
  readonly awaiting: string;
  /** By when the whole preamble must have come. */
  readonly deadline: Deadline;
  /** How long the peer may be silent within it. */
  readonly silenceMs: number;
  readonly maxBytes: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Ask for a message exchange. CRLF as Windows peers write it: every version takes it. */
export async function writePreamble(channel: Channel, deadline: Deadline): Promise<void> {
  await channel.write(Buffer.from('MX\r\n\r\n'), deadline);
}

/**
 * Read lines up to and including an empty one. Carriage returns are ignored, as the real listener does; what follows
 * the empty line stays in the source. A line may be of any length: only its head is kept, the rest is counted.
 * @throws WireError END_OF_STREAM inside it, READ_TIMEOUT, TOO_LONG.
 */
export async function readPreamble(source: ByteReader, limits: PreambleLimits): Promise<Preamble> {
  const head: Buffer[] = [];
  let headBytes = 0;
  let totalBytes = 0;
  let lineIsEmpty = true;
  const evidence = (): Buffer => Buffer.concat(head, headBytes);
  for (;;) {
    const ask = { awaiting: limits.awaiting, deadline: limits.deadline.orInMs(limits.silenceMs) };
    const piece = await source.readSome(ask, limits.maxBytes - totalBytes + 1).catch((error: unknown) => {
      if (error instanceof WireError && error.code === 'READ_TIMEOUT') {
        throw new WireError('READ_TIMEOUT', limits.awaiting, 'no empty line in time', evidence(), totalBytes);
      }
      throw error;
    });
    if (piece === undefined) {
      if (totalBytes === 0) return { kind: 'none' };
      throw new WireError('END_OF_STREAM', limits.awaiting, 'ended before an empty line', evidence(), totalBytes);
    }
    const end = endOfEmptyLine(piece, lineIsEmpty);
    const used = end.at < 0 ? piece : piece.subarray(0, end.at);
    lineIsEmpty = end.lineIsEmpty;
    totalBytes += used.length;
    if (headBytes < EVIDENCE_MAX_BYTES) {
      const kept = used.subarray(0, EVIDENCE_MAX_BYTES - headBytes);
      head.push(kept);
      headBytes += kept.length;
    }
    if (totalBytes > limits.maxBytes) {
      throw new WireError('TOO_LONG', limits.awaiting, `over ${limits.maxBytes} bytes`, evidence(), totalBytes);
    }
    if (end.at < 0) continue;
    source.unread(piece.subarray(end.at));
    return preambleOf(evidence(), totalBytes);
  }
}

/** Where the first empty line ends in `piece` (-1: not in it), and whether the line being read is empty so far. */
function endOfEmptyLine(piece: Buffer, lineIsEmpty: boolean): { at: number; lineIsEmpty: boolean } {
  let start = 0;
  let empty = lineIsEmpty;
  for (;;) {
    const feed = piece.indexOf(LINE_FEED, start);
    const line = piece.subarray(start, feed < 0 ? piece.length : feed);
    empty &&= line.every((byte) => byte === CARRIAGE_RETURN);
    if (feed < 0) return { at: -1, lineIsEmpty: empty };
    if (empty) return { at: feed + 1, lineIsEmpty: true };
    empty = true;
    start = feed + 1;
  }
}

function preambleOf(head: Buffer, totalBytes: number): Preamble {
  // The real listener looks at the first two letters only.
  if (head.subarray(0, 2).toString('latin1') === 'MX') return { kind: 'message-exchange' };
  const firstLine = head.toString('latin1').split(/\r*\n/, 1)[0] ?? '';
  return { kind: 'other', firstLine: firstLine.slice(0, 200), head, totalBytes };
}
