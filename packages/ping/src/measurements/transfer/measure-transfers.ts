import { call, Deadline, type Direction } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { describeConnection } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../../report/attempt-record.js';
import type { Measurement } from '../../report/measurement.js';
import type { Report } from '../../report/report.js';
import type { Transfer, TransferRequest } from '../../report/transfer-report.js';
import type { Connection } from '../../session/connection.js';
import { type Exchange, measureRoundTrip } from '../../session/exchange.js';
import type { SessionSettings } from '../../session/session.js';
import type { RunOptions } from '../../options/run-options.js';
import type { TransferMode } from '../../options/data-options.js';
import { measureLatency } from '../measure-latency.js';
import { runTransfer } from './run-transfer.js';
import { LIMIT_BUSY_PERCENT, TransferTally } from './transfer-tally.js';

/** What a run reports while it is under way. */
export interface TransferObserver {
  readonly onAttempt: (record: AttemptRecord) => void;
  /** A data stream begins. */
  readonly onBegin: (request: TransferRequest) => void;
  /** Bytes of it moved. */
  readonly onMoved: (bytes: number) => void;
  /** It ended, completely or not. */
  readonly onEnd: () => void;
}

/** The options of a session that is to transfer data. */
export interface TransferSettings extends SessionSettings {
  readonly options: RunOptions & { readonly mode: TransferMode };
  readonly observer: TransferObserver;
}

/** Runs attempts that transfer data: a round trip first, which identifies the peer, and then the data where the peer accepts any. */
export async function measureTransfers(settings: TransferSettings): Promise<Report> {
  const { options, observer } = settings;
  const tally = new TransferTally();
  const exchange = transferExchange(options.mode, tally, observer);
  const measurement = (): Measurement => ({ kind: 'transfers', report: tally.report });
  return measureLatency({ ...settings, onAttempt: observer.onAttempt, exchange, measurement });
}

function transferExchange(mode: TransferMode, tally: TransferTally, observer: TransferObserver): Exchange {
  const { uploadBytes, downloadBytes } = mode;
  const sizes: readonly (readonly [Direction, number | undefined])[] = [
    ['upload', uploadBytes],
    ['download', downloadBytes],
  ];
  const requests = sizes.flatMap(([direction, sizeBytes]) =>
    sizeBytes === undefined ? [] : [{ direction, sizeBytes }],
  );
  return async (session, connection, trace, deadline) => {
    await measureRoundTrip(session, connection, trace, deadline);
    // Any other peer has no service that takes data and returns to its former state afterwards.
    if (session.peer?.kind !== 'pong') return;
    const { timeoutUs } = session.options;
    for (const request of requests) {
      await connection.exchange.takeTurn(Deadline.inUs(timeoutUs));
      observer.onBegin(request);
      let transfer: Transfer | undefined;
      const onEnd = (ended: Transfer): void => {
        transfer = ended;
        observer.onEnd();
      };
      try {
        await runTransfer(connection, request, { trace, stallUs: timeoutUs, onMoved: observer.onMoved, onEnd });
        connection.calls++;
        if (transfer !== undefined) transfer = await withPeerBusy(transfer, connection);
      } finally {
        if (transfer !== undefined) {
          tally.add(transfer);
          trace.transfers.push(transfer);
        }
      }
    }
  };
}

/** A pong answers at once, after the transfer as before it; what it answers is only a remark on the rate. */
const ASK_BUSY_MS = 2000;

/** The transfer with how busy pong was, where tentacle-ping was not the limit itself. Without an answer, the transfer alone. */
async function withPeerBusy(transfer: Transfer, connection: Connection): Promise<Transfer> {
  if ((transfer.busyPercent ?? 0) >= LIMIT_BUSY_PERCENT) return transfer;
  const { exchange, endpoint } = connection;
  const deadline = Deadline.inMs(ASK_BUSY_MS);
  try {
    await exchange.takeTurn(deadline);
    const { result } = await call(exchange, describeConnection, null, endpoint, deadline);
    const { dataBusyPercent: peerBusyPercent } = result;
    return { ...transfer, ...omitUndefined({ peerBusyPercent }) };
  } catch {
    // Its answer may still arrive, and would be taken for that of another call.
    connection.isSpent = true;
    return transfer;
  }
}
