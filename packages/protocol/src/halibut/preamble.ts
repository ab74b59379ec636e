import type { Deadline } from '../time/clock.js';
import type { ByteReader } from './byte-reader.js';
import type { Channel } from './channel.js';
import { EVIDENCE_MAX_BYTES, WireError } from './wire-error.js';

/** The first lines that a connecting peer sent, before any identity. */
export type Preamble =
  /** `MX`: a message exchange follows. */
  | { readonly kind: 'message-exchange' }
  /** Anything else (`GET / HTTP/1.1`, `HELLO`): a request for the landing page. `head` is limited, `totalBytes` is not. */
  | { readonly kind: 'other'; readonly firstLine: string; readonly head: Buffer; readonly totalBytes: number }
  /** The stream ended before a first byte: a probe that only completes the TLS handshake. */
  | { readonly kind: 'none' };

/** The limits of reading a preamble. */
export interface PreambleLimits {
  readonly purpose: string;
  /** The deadline of the whole preamble. */
  readonly deadline: Deadline;
  /** How long the peer may be silent within it. */
  readonly silenceMs: number;
  readonly maxBytes: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Requests a message exchange. With CRLF as Windows peers write it, which every version accepts. */
export async function writePreamble(channel: Channel, deadline: Deadline): Promise<void> {
  await channel.write(Buffer.from('MX\r\n\r\n'), deadline);
}

/**
 * Reads lines up to and including an empty one. Carriage returns are ignored, as the real listener does; the bytes behind
 * the empty line stay in the source. A line may be of any length: only its head is kept, the rest is counted.
 * @throws WireError END_OF_STREAM inside it, READ_TIMEOUT, TOO_LONG.
 */
export async function readPreamble(source: ByteReader, limits: PreambleLimits): Promise<Preamble> {
  const head: Buffer[] = [];
  let headBytes = 0;
  let totalBytes = 0;
  let lineIsEmpty = true;
  const evidence = (): Buffer => Buffer.concat(head, headBytes);
  for (;;) {
    const readRequest = { purpose: limits.purpose, deadline: limits.deadline.orInMs(limits.silenceMs) };
    const piece = await source.readSome(readRequest, limits.maxBytes - totalBytes + 1).catch((error: unknown) => {
      if (error instanceof WireError && error.code === 'READ_TIMEOUT') {
        throw new WireError('READ_TIMEOUT', limits.purpose, 'no empty line in time', evidence(), totalBytes);
      }
      throw error;
    });
    if (piece === undefined) {
      if (totalBytes === 0) return { kind: 'none' };
      throw new WireError('END_OF_STREAM', limits.purpose, 'ended before an empty line', evidence(), totalBytes);
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
      throw new WireError('TOO_LONG', limits.purpose, `over ${limits.maxBytes} bytes`, evidence(), totalBytes);
    }
    if (end.at < 0) continue;
    source.unread(piece.subarray(end.at));
    return preambleOf(evidence(), totalBytes);
  }
}

/** Where the first empty line ends in `piece` (-1: not in it), and whether the current line is still empty. */
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
