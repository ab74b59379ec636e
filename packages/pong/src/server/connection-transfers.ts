import { type IncomingCall, TransportError } from 'tentacle-protocol';
import { BusyShare } from 'tentacle-protocol/cli';
import { testData, transferCutMark } from 'tentacle-protocol/diagnostics';
import { TransferLimitError } from './service-error.js';
import type { Transfer, TransferLimits } from './transfer-limits.js';

/** A client that reads slowly reaches the mark in this time, or is disconnected without it. */
const MARK_GRACE_MS = 5000;

/** The uploads and downloads of one connection, within their limits. */
export class ConnectionTransfers {
  readonly #limits: TransferLimits;
  readonly #address: string;
  readonly #disconnect: () => void;
  readonly #running = new Set<Running>();
  #disconnection: TransportError | undefined;
  /** For how much of the last transfer this process computed. */
  #busyPercent: number | undefined;

  /** @param disconnect cuts the connection at once, where nothing can be sent any more. */
  constructor(limits: TransferLimits, address: string, disconnect: () => void) {
    this.#limits = limits;
    this.#address = address;
    this.#disconnect = disconnect;
  }

  /** Why this end disconnected the client; undefined while it has not. */
  get disconnection(): TransportError | undefined {
    return this.#disconnection;
  }

  /** For how much of the last transfer this process computed; undefined before its end. */
  get busyPercent(): number | undefined {
    return this.#busyPercent;
  }

  /** Receives the data streams of a call. @throws TransferLimitError when they are refused, or cut. */
  async receive(call: IncomingCall, onPiece: (piece: Buffer) => void = () => undefined): Promise<void> {
    if (call.streams.length === 0) return;
    const bytes = call.streams.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const running = this.#begin('upload', bytes);
    const late = new AbortController();
    running.whenLate(0, (message) => late.abort(new TransferLimitError(message)));
    const count = (piece: Buffer): void => {
      running.moved(piece.length);
      onPiece(piece);
    };
    try {
      for (let left = call.streams.length; left > 0; left--) await call.passStreamOn(count, late.signal);
    } finally {
      running.end();
    }
  }

  /**
   * Returns the test data of a download. When it reaches a limit, the rest of the announced length is replaced by a mark that
   * says so, as far as there is room for it, and the connection ends.
   * @throws TransferLimitError when it is refused.
   */
  send(lengthBytes: number): Iterable<Buffer> {
    const running = this.#begin('download', lengthBytes);
    // A client that stops reading never asks for another chunk.
    running.whenLate(MARK_GRACE_MS, (message) => {
      this.#disconnection = new TransportError('TRANSFER_LIMIT', message);
      this.#disconnect();
    });
    return this.#chunks(lengthBytes, running);
  }

  /** @throws TransferLimitError when it is refused. */
  countEcho(payloadBytes: number): void {
    const refusal = this.#limits.echo(this.#address, payloadBytes);
    if (refusal !== undefined) throw new TransferLimitError(refusal);
  }

  /** The connection is over. */
  end(): void {
    for (const running of [...this.#running]) running.end();
  }

  *#chunks(lengthBytes: number, running: Running): Generator<Buffer, void> {
    let sentBytes = 0;
    try {
      for (const chunk of testData(lengthBytes)) {
        running.moved(chunk.length);
        yield chunk;
        sentBytes += chunk.length;
      }
    } catch (error) {
      if (!(error instanceof TransferLimitError)) throw error;
      const mark = transferCutMark(error.message);
      if (sentBytes + mark.length < lengthBytes) {
        yield mark;
        // A chunk is sent when there is another one.
        yield Buffer.alloc(1);
      }
      throw new TransportError('TRANSFER_LIMIT', error.message);
    } finally {
      running.end();
    }
  }

  #begin(what: 'upload' | 'download', bytes: number): Running {
    const transfer = this.#limits.begin(this.#address, what, bytes);
    if (typeof transfer === 'string') throw new TransferLimitError(transfer);
    const busy = new BusyShare();
    const running = new Running(transfer, () => {
      if (this.#running.delete(running)) this.#busyPercent = busy.percent;
    });
    this.#running.add(running);
    return running;
  }
}

/** A transfer under way, and its timers. */
class Running {
  readonly #transfer: Transfer;
  readonly #onEnd: () => void;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(transfer: Transfer, onEnd: () => void) {
    this.#transfer = transfer;
    this.#onEnd = onEnd;
  }

  /** Calls back when the time is over and this much longer, unless the transfer is over by then. */
  whenLate(afterMs: number, callback: (message: string) => void): void {
    const ms = this.#transfer.ms + afterMs;
    // Node's timers hold 31 bits.
    if (ms < 2 ** 31) this.#timers.push(setTimeout(() => callback(this.#transfer.timeIsOver()), ms).unref());
  }

  /** Counts bytes. @throws TransferLimitError when the transfer reached a limit. */
  moved(bytes: number): void {
    const message = this.#transfer.moved(bytes);
    if (message !== undefined) throw new TransferLimitError(message);
  }

  /** Without effect the second time. */
  end(): void {
    this.#transfer.end();
    this.#timers.forEach(clearTimeout);
    this.#onEnd();
  }
}
