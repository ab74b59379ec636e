import { randomUUID } from 'node:crypto';
import {
  CallError,
  call,
  DataStreamRef,
  Deadline,
  type Direction,
  download,
  nowUs,
  pattern,
  PatternCheck,
  readDataStream,
  type ConnectionTrace,
  upload,
} from 'tentacle-protocol';
import type { Connection } from '../../session/connection.js';
import { RateCounter, type RateSeries } from './rate-series.js';

/** One data stream to be moved. */
export interface TransferRequest {
  readonly direction: Direction;
  readonly sizeBytes: number;
}

/** What became of it. Plain JSON. */
export interface Transfer extends TransferRequest {
  /** How much of it came (download), or was handed to the system (upload; when it is whole, that was all received). */
  readonly movedBytes: number;
  /** From the call to the last byte, or to the peer's word that it has all. */
  readonly durationUs: number;
  /** All of it arrived, and its receiver found every byte as it was sent. */
  readonly isWhole: boolean;
  readonly series: RateSeries;
}

/**
 * Move one data stream over a connection whose turn it is, and have every byte compared by the end that receives it.
 * It is the `data` stage of the trace.
 * @param stallUs how long nothing may move; as a whole it may take as long as it takes.
 * @param onEnd told in any case, however it ended, before anything is thrown.
 * @param onMoved told of bytes as they move.
 * @param move how, where it is not as a data stream.
 * @throws CallError DATA_DIFFERS, or SERVER_ERROR when the service answers with an error; whatever the connection throws.
 */
export async function runTransfer(
  connection: Connection,
  { direction, sizeBytes }: TransferRequest,
  trace: ConnectionTrace,
  stallUs: number,
  onEnd: (transfer: Transfer) => void,
  onMoved: (bytes: number) => void = () => undefined,
  move: Move = direction === 'upload' ? moveUp : moveDown,
): Promise<void> {
  const counter = new RateCounter();
  const startedUs = nowUs();
  let movedBytes = 0;
  const moved = (bytes: number): void => {
    movedBytes += bytes;
    counter.add(nowUs() - startedUs, bytes);
    onMoved(bytes);
  };
  let isWhole = false;
  try {
    await trace.stage('data', async () => {
      const differsAt = await move(connection, sizeBytes, Deadline.inUs(stallUs), moved);
      isWhole = differsAt === undefined;
      if (differsAt === undefined) return;
      trace.record({ transfer: { direction, sizeBytes, movedBytes, differsAt } });
      throw new CallError('DATA_DIFFERS', `byte ${differsAt} is another one`);
    });
  } catch (error) {
    trace.record({ transfer: { direction, sizeBytes, movedBytes, ...trace.facts.transfer } });
    throw error;
  } finally {
    const durationUs = nowUs() - startedUs;
    onEnd({ direction, sizeBytes, movedBytes, durationUs, isWhole, series: counter.series });
  }
}

/** Moves the bytes and gives the offset of the first that arrived as another one; undefined when none is known to. */
export type Move = (
  connection: Connection,
  sizeBytes: number,
  deadline: Deadline,
  moved: (bytes: number) => void,
) => Promise<number | undefined>;

const moveUp: Move = async ({ exchange, endpoint }, sizeBytes, deadline, moved) => {
  const ref = new DataStreamRef(randomUUID(), sizeBytes);
  const stream = { id: ref.id, lengthBytes: sizeBytes, chunks: pattern(sizeBytes), onWritten: moved };
  const { result } = await call(exchange, upload, ref, endpoint, deadline, [stream]);
  // A count that is another one without a byte that is: all that came was right, and some of it is missing.
  return result.differsAt ?? (result.bytes === sizeBytes ? undefined : Math.min(result.bytes, sizeBytes));
};

const moveDown: Move = async ({ channel, exchange, endpoint }, sizeBytes, deadline, moved) => {
  const { result } = await call(exchange, download, BigInt(sizeBytes), endpoint, deadline);
  const check = new PatternCheck();
  for await (const piece of readDataStream(channel.source, result, { awaiting: 'the download', deadline })) {
    check.add(piece);
    moved(piece.length);
  }
  return check.differsAt ?? (result.lengthBytes === sizeBytes ? undefined : Math.min(result.lengthBytes, sizeBytes));
};
