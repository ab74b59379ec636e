import { randomUUID } from 'node:crypto';
import {
  CallError,
  call,
  DataStreamReader,
  DataStreamRef,
  Deadline,
  nowUs,
  serviceExceptionError,
  type ConnectionTrace,
} from 'tentacle-protocol';
import { BusyShare } from 'tentacle-protocol/cli';
import {
  download,
  findTransferCut,
  isTransferLimitMessage,
  testData,
  TestDataVerifier,
  TRANSFER_CUT_MAX_BYTES,
  upload,
} from 'tentacle-protocol/diagnostics';
import type { Connection } from '../../session/connection.js';
import type { Transfer, TransferRequest } from '../../report/transfer-report.js';
import { RateCounter } from './rate-counter.js';

/** How to move a data stream, and what to call meanwhile. */
export interface TransferRunOptions {
  readonly trace: ConnectionTrace;
  /** The longest time without progress; the whole transfer has no limit. */
  readonly stallUs: number;
  /** Called in any case, however it ended, before anything is thrown. */
  readonly onEnd: (transfer: Transfer) => void;
  /** Called as bytes move. */
  readonly onMoved?: (bytes: number) => void;
  /** Moves the bytes, where that is not done as a data stream. */
  readonly move?: Move;
}

/**
 * Moves one data stream over a connection on which the client may call, and has the receiver compare every byte. It is
 * the `data` stage of the trace.
 * @throws CallError DATA_DIFFERS, or SERVER_ERROR when the service answers with an error; whatever the connection throws.
 */
export async function runTransfer(
  connection: Connection,
  { direction, sizeBytes }: TransferRequest,
  options: TransferRunOptions,
): Promise<void> {
  const { trace, stallUs, onEnd, onMoved, move = direction === 'upload' ? uploadData : downloadData } = options;
  const counter = new RateCounter();
  const startedUs = nowUs();
  const busy = new BusyShare();
  let movedBytes = 0;
  const countBytes = (bytes: number): void => {
    movedBytes += bytes;
    counter.add(nowUs() - startedUs, bytes);
    onMoved?.(bytes);
  };
  let isWhole = false;
  try {
    await trace.stage('data', async () => {
      const differsAt = await move(connection, sizeBytes, Deadline.inUs(stallUs), countBytes);
      isWhole = differsAt === undefined;
      if (differsAt === undefined) return;
      trace.record({ transfer: { direction, sizeBytes, movedBytes, differsAt } });
      throw new CallError('DATA_DIFFERS', `byte ${differsAt} was changed`);
    });
  } catch (error) {
    trace.record({ transfer: { direction, sizeBytes, movedBytes, ...trace.facts.transfer } });
    throw asPeerLimit(error);
  } finally {
    const durationUs = nowUs() - startedUs;
    const { percent: busyPercent } = busy;
    onEnd({ direction, sizeBytes, movedBytes, durationUs, isWhole, busyPercent, series: counter.series });
  }
}

/** A service's error as that of a limit, where it names one. */
function asPeerLimit(error: unknown): unknown {
  const { serverError } = error instanceof CallError ? error : {};
  if (serverError === undefined || !isTransferLimitMessage(serverError.message)) return error;
  return new CallError('PEER_LIMIT', serverError.message, serverError);
}

/** Moves the bytes and returns the offset of the first that arrived changed; undefined when none is known to. */
export type Move = (
  connection: Connection,
  sizeBytes: number,
  deadline: Deadline,
  onMoved: (bytes: number) => void,
) => Promise<number | undefined>;

const uploadData: Move = async ({ exchange, endpoint }, sizeBytes, deadline, onMoved) => {
  const ref = new DataStreamRef(randomUUID(), sizeBytes);
  const stream = { id: ref.id, lengthBytes: sizeBytes, chunks: testData(sizeBytes), onWritten: onMoved };
  const { result } = await call(exchange, upload, ref, endpoint, deadline, [stream]);
  // Another count without a changed byte: everything that arrived was right, and some of it is missing.
  return result.differsAt ?? (result.bytes === sizeBytes ? undefined : Math.min(result.bytes, sizeBytes));
};

const downloadData: Move = async ({ channel, exchange, endpoint }, sizeBytes, deadline, onMoved) => {
  const { result } = await call(exchange, download, BigInt(sizeBytes), endpoint, deadline);
  const verifier = new TestDataVerifier();
  let lastBytes: Buffer = Buffer.alloc(0);
  const reader = new DataStreamReader(channel.source, result, { purpose: 'the download', deadline });
  try {
    await reader.passOn((piece) => {
      verifier.add(piece);
      lastBytes =
        piece.length >= TRANSFER_CUT_MAX_BYTES
          ? piece
          : Buffer.concat([lastBytes.subarray(-TRANSFER_CUT_MAX_BYTES), piece]);
      onMoved(piece.length);
    });
  } catch (error) {
    // A pong that cuts a download says so in place of the data.
    const message =
      verifier.differsAt === undefined ? undefined : findTransferCut(lastBytes.subarray(-TRANSFER_CUT_MAX_BYTES));
    if (message === undefined) throw error;
    throw new CallError('PEER_LIMIT', message, serviceExceptionError(message));
  }
  return verifier.differsAt ?? (result.lengthBytes === sizeBytes ? undefined : Math.min(result.lengthBytes, sizeBytes));
};
