import { Deadline, nowUs } from '../time/clock.js';
import { type MemoryBudget, type Reservation, UNLIMITED } from './memory-budget.js';
import type { ReadRequest } from './byte-reader.js';
import { DocumentMemo } from './document-memo.js';
import { AT_ONCE_MAX_BYTES, type Channel, startWrite } from './channel.js';
import type { ConnectionDirection } from './client-exchange.js';
import { type Control, readControl, startControl, unexpectedControl, writeControl } from './control.js';
import { DataStreamReader, type OutgoingStream, writeDataStream } from './data-stream.js';
import type { DataStreamRef } from './bson-value.js';
import { encodeResponseInTurn, readMessage, type RequestMessage, type ResponseMessage } from './messages.js';
import { atOnce, type TakeTurn } from './take-turn.js';
import { WireError } from './wire-error.js';

/** One request as the service's code receives it. */
export interface IncomingCall {
  readonly request: RequestMessage;
  readonly streams: readonly DataStreamRef[];
  /** The content of the next data stream, in the order of `streams`; unread content is skipped afterwards. */
  readStream(): AsyncIterable<Buffer>;
  /**
   * The same, passed on as it arrives, for code that is as fast as the network.
   * @param signal ends it early, with its reason.
   */
  passStreamOn(onPiece: (piece: Buffer) => void, signal?: AbortSignal): Promise<void>;
}

/** The answer of the service's code. `streams` are those that `result` names, in that order. */
export interface Reply {
  readonly error: ResponseMessage['error'];
  readonly result: ResponseMessage['result'];
  readonly streams?: readonly OutgoingStream[];
  /**
   * Set when the request's data streams are not wanted: the answer is sent before they have arrived. A client that goes on
   * sending for long is disconnected, with this error.
   */
  readonly rejection?: Error;
  /** Called when the last byte of the answer was written, data streams apart, with the time since the first byte of its request. */
  readonly onSent?: (durationUs: number) => void;
}

/** The limits of one connection to a service. */
export interface ServiceLimits {
  /**
   * How long a listening service waits for the first byte of the first request; absent: as long as for a next one. A poller
   * may have to wait long for its first.
   */
  readonly firstCallMs?: number;
  /** How long the service waits for a next request or control word before it closes. */
  readonly idleMs: number;
  /** How long one request may take to arrive, and its answer to be sent, without their data streams. */
  readonly callMs: number;
  /** How long a data stream may make no progress, in either direction. */
  readonly stallMs: number;
  /** The limit for one inflated request, without its data streams. */
  readonly maxMessageBytes: number;
  /** The memory that the requests of all connections share; absent: each is limited on its own. */
  readonly memoryBudget?: MemoryBudget;
  /** The turns of all connections for large answers, which take time to compress; absent: each is compressed at once. */
  readonly takeTurn?: TakeTurn;
}

/**
 * The most BSON values of one request, of all depths together. The requests of a real server have fewer than a hundred,
 * those of ping fewer than twenty.
 */
export const REQUEST_VALUES_MAX = 4096;

/**
 * The orderly end of an exchange: the client sent END, or closed the connection before its first call or after an answer.
 * `unconfirmed`: it closed after an answer, and sent neither END nor NEXT, so that it may not have read the answer.
 */
export type ServiceEnd = 'ended' | 'closed' | 'unconfirmed';

/**
 * Serves the service's side of a message exchange, after the identities: answers requests until the client leaves.
 * @param onNullMessage called for each null message, the keep-alive of polling.
 * @throws WireError for a violation by the peer; the connection's own errors. An error of `answer` is a bug.
 */
export async function serveRequests(
  channel: Channel,
  direction: ConnectionDirection,
  limits: ServiceLimits,
  answer: (call: IncomingCall) => Promise<Reply>,
  onNullMessage: () => void = () => undefined,
): Promise<ServiceEnd> {
  const service: Service = {
    channel,
    limits,
    answer,
    onNullMessage,
    memo: new DocumentMemo(),
    written: Promise.resolve(),
  };
  const { firstCallMs } = limits;
  // Null messages do not prolong it.
  let firstCall = firstCallMs === undefined || direction === 'polling' ? undefined : Deadline.inMs(firstCallMs);
  for (let isFirst = true; ; isFirst = false) {
    const served = await serveOne(service, idleDeadline(limits, firstCall));
    if (served === undefined) {
      if (isFirst || direction === 'polling') return 'closed';
      // A client that has asked for its turn has a request to send.
      throw new WireError('END_OF_STREAM', 'a request', 'the stream ended after NEXT');
    }
    if (served === 'call') firstCall = undefined;
    const end =
      direction === 'listening'
        ? await awaitNext(service, idleDeadline(limits, firstCall))
        : await requestNext(channel, limits);
    if (end !== undefined) return end;
  }
}

/** How long to wait for the next request or control word. */
function idleDeadline({ idleMs }: ServiceLimits, firstCall: Deadline | undefined): Deadline {
  return firstCall?.orInMs(idleMs) ?? Deadline.inMs(idleMs);
}

/** The parts that serve one connection. */
interface Service {
  readonly channel: Channel;
  readonly limits: ServiceLimits;
  readonly answer: (call: IncomingCall) => Promise<Reply>;
  readonly onNullMessage: () => void;
  readonly memo: DocumentMemo;
  /** The last write that was started: see {@link startWrite}. */
  written: Promise<void>;
}

/** Reads one request and answers it; undefined when the client closed before its first byte. */
async function serveOne(service: Service, deadline: Deadline): Promise<'call' | 'null-message' | undefined> {
  const { channel, limits } = service;
  let hasArrived = false;
  try {
    hasArrived = await channel.source.waitForBytes({ purpose: 'a request', deadline });
  } finally {
    if (!hasArrived) await service.written;
  }
  if (!hasArrived) return undefined;
  // Closer to the network than the time at which this code continues.
  const firstByteUs = channel.source.receivedAtUs;
  const reservation = limits.memoryBudget?.openReservation() ?? UNLIMITED;
  try {
    return await answerOne(service, reservation, firstByteUs);
  } finally {
    reservation.release();
  }
}

async function answerOne(
  service: Service,
  reservation: Reservation,
  firstByteUs: number,
): Promise<'call' | 'null-message'> {
  const { channel, limits } = service;
  const readRequest = { purpose: 'a request', deadline: Deadline.inMs(limits.callMs) };
  const bounds = {
    maxInflatedBytes: limits.maxMessageBytes,
    maxValues: REQUEST_VALUES_MAX,
    reservation,
    memo: service.memo,
  };
  const { message, streams } = await readMessage(channel.source, readRequest, bounds);
  if (message === null) {
    service.onNullMessage();
    return 'null-message';
  }
  if ('result' in message)
    throw new WireError('MALFORMED', readRequest.purpose, 'received a response instead of a request');
  const stalled = Deadline.inMs(limits.stallMs);
  const incoming = incomingStreams(channel, streams, { purpose: readRequest.purpose, deadline: stalled });
  const reply = await service.answer({
    request: message,
    streams,
    readStream: () => incoming.next(),
    passStreamOn: (onPiece, signal) => incoming.passOn(onPiece, signal),
  });
  if (reply.rejection === undefined && streams.length > 0) await incoming.discardRest();
  const { error, result } = reply;
  const response = await encodeResponseInTurn({ id: message.id, error, result }, limits.takeTurn ?? atOnce);
  const passedUs = nowUs();
  const isShort = response.length <= AT_ONCE_MAX_BYTES && reply.streams === undefined && reply.rejection === undefined;
  const sendBy = Deadline.inMs(limits.callMs);
  service.written = startWrite(channel, response, sendBy);
  if (!isShort) await service.written;
  // On a busy machine the client has a short answer before this process continues, so the time before the write is closer
  // to the truth.
  reply.onSent?.((response.length <= AT_ONCE_MAX_BYTES ? passedUs : nowUs()) - firstByteUs);
  if (isShort) return 'call';
  if (reply.rejection !== undefined) await discardRejected(incoming, reply.rejection);
  for (const stream of reply.streams ?? []) await writeDataStream(channel, stream, stalled);
  return 'call';
}

/** What a client that does not look for the answer may still send: enough to empty its buffers and the network's. */
const REJECTED_MAX_BYTES = 16 * 1024 * 1024;
const REJECTED_MAX_US = 10_000_000;

/** Discards data streams that were rejected, so that the client reads the answer before the connection closes. */
async function discardRejected(incoming: ReturnType<typeof incomingStreams>, rejection: Error): Promise<void> {
  const endUs = nowUs() + REJECTED_MAX_US;
  let bytes = 0;
  const goesOn = (pieceBytes: number): boolean => (bytes += pieceBytes) < REJECTED_MAX_BYTES && nowUs() < endUs;
  const isWhole = await incoming.discardRest(goesOn).catch(() => false);
  if (!isWhole) throw rejection;
}

/** A listening service waits for NEXT. */
async function awaitNext(service: Service, deadline: Deadline): Promise<ServiceEnd | undefined> {
  const { channel, limits } = service;
  const readRequest = { purpose: 'NEXT or END', deadline };
  let control: Control | undefined;
  try {
    control = await readControl(channel.source, readRequest);
  } finally {
    // Where the client has left, an answer that could not be written comes first.
    if (control !== 'NEXT') await service.written;
  }
  if (control === undefined) return 'unconfirmed';
  if (control === 'END') return 'ended';
  if (control !== 'NEXT') throw unexpectedControl(readRequest, control);
  service.written = startControl(channel, 'PROCEED', Deadline.inMs(limits.callMs));
  return undefined;
}

/** A polling service asks for the next request itself. */
async function requestNext(channel: Channel, limits: ServiceLimits): Promise<ServiceEnd | undefined> {
  // The client answers NEXT at once. One that does not, within the time of a next request, is gone.
  const readRequest = { purpose: 'PROCEED, the answer to NEXT', deadline: Deadline.inMs(limits.idleMs) };
  await writeControl(channel, 'NEXT', Deadline.inMs(limits.callMs));
  const control = await readControl(channel.source, readRequest);
  if (control === undefined) return 'closed';
  if (control === 'END') return 'ended';
  if (control !== 'PROCEED') throw unexpectedControl(readRequest, control);
  return undefined;
}

/** The data streams behind a request. They must be read from the wire in order, even if the service does not use them. */
export function incomingStreams(channel: Channel, streams: readonly DataStreamRef[], readRequest: ReadRequest) {
  let nextIndex = 0;
  let current: DataStreamReader | undefined;
  const open = (): { former: DataStreamReader | undefined; reader: DataStreamReader } => {
    const ref = streams[nextIndex];
    if (ref === undefined) throw new RangeError(`the request has ${streams.length} data streams, not more`);
    nextIndex++;
    const former = current;
    const reader = new DataStreamReader(channel.source, ref, readRequest);
    current = reader;
    return { former, reader };
  };
  return {
    next(): AsyncIterable<Buffer> {
      const { former, reader } = open();
      const next = async (): Promise<IteratorResult<Buffer, void>> => {
        await drain(former);
        const value = await reader.next();
        return value === undefined ? { done: true, value } : { done: false, value };
      };
      // Without `return`: a service that stops reading midway must not end the stream, because the rest is on the wire.
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
    async passOn(onPiece: (piece: Buffer) => void, signal?: AbortSignal): Promise<void> {
      const { former, reader } = open();
      await drain(former);
      await reader.passOn(onPiece, signal);
    },
    /** @param goesOn asked after each piece. @returns whether all was discarded. */
    async discardRest(goesOn: (pieceBytes: number) => boolean = () => true): Promise<boolean> {
      if (!(await drain(current, goesOn))) return false;
      for (const ref of streams.slice(nextIndex)) {
        if (!(await drain(new DataStreamReader(channel.source, ref, readRequest), goesOn))) return false;
      }
      return true;
    },
  };
}

/** Reads a data stream to its end, from the place where its reader stopped. @returns whether it got there. */
async function drain(
  reader: DataStreamReader | undefined,
  goesOn: (pieceBytes: number) => boolean = () => true,
): Promise<boolean> {
  if (reader === undefined) return true;
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) {
    if (!goesOn(piece.length)) return false;
  }
  return true;
}
