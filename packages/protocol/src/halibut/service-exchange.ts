import { Deadline } from '../time/clock.js';
import { type MemoryBudget, type Reservation, UNLIMITED } from './memory-budget.js';
import type { ReadRequest } from './byte-reader.js';
import type { Channel } from './channel.js';
import type { ConnectionDirection } from './client-exchange.js';
import { readControl, unexpectedControl, writeControl } from './control.js';
import { discardDataStream, type OutgoingStream, readDataStream, writeDataStream } from './data-stream.js';
import type { DataStreamRef } from './bson-value.js';
import { encodeResponse, readMessage, type RequestMessage, type ResponseMessage } from './messages.js';
import { WireError } from './wire-error.js';

/** One request as the service's code gets it. */
export interface IncomingCall {
  readonly request: RequestMessage;
  readonly streams: readonly DataStreamRef[];
  /** The content of the next data stream, in the order of `streams`; what is not read is skipped afterwards. */
  readStream(): AsyncIterable<Buffer>;
}

/** What the service's code answers. `streams` are those that `result` names, in that order. */
export interface Reply {
  readonly error: ResponseMessage['error'];
  readonly result: ResponseMessage['result'];
  readonly streams?: readonly OutgoingStream[];
}

export interface ServiceLimits {
  /** How long the service waits for a next request or control word before it closes. */
  readonly idleMs: number;
  /** How long one request may take to come, and its answer to be taken; their data streams apart. */
  readonly callMs: number;
  /** How long a data stream may make no progress, in either direction. */
  readonly stallMs: number;
  /** The bound on one inflated request, its data streams apart. */
  readonly maxMessageBytes: number;
  /** What the requests of all connections share; absent: each is bounded alone. */
  readonly allowance?: MemoryBudget;
}

/** How an exchange ended in order: the client said END, or closed between two calls. */
export type ServiceEnd = 'ended' | 'closed';

/**
 * The service's side of a message exchange, after the identities: answers requests until the client goes.
 * @param noWork called for each null message, the keep-alive of polling.
 * @throws WireError for what the peer did wrong; whatever the connection throws. A throw of `answer` is our own bug.
 */
export async function serveRequests(
  channel: Channel,
  turns: ConnectionDirection,
  limits: ServiceLimits,
  answer: (call: IncomingCall) => Promise<Reply>,
  noWork: () => void = () => undefined,
): Promise<ServiceEnd> {
  const service: Service = { channel, limits, answer, noWork };
  for (;;) {
    if (!(await serveOne(service))) return 'closed';
    const end = turns === 'listening' ? await awaitNext(channel, limits) : await askForMore(channel, limits);
    if (end !== undefined) return end;
  }
}

/** What serves one connection. */
interface Service {
  readonly channel: Channel;
  readonly limits: ServiceLimits;
  readonly answer: (call: IncomingCall) => Promise<Reply>;
  readonly noWork: () => void;
}

/** Read one request and answer it; false when the client closed before a first byte of it. */
async function serveOne(service: Service): Promise<boolean> {
  const { channel, limits } = service;
  const idle = { awaiting: 'a request', deadline: Deadline.inMs(limits.idleMs) };
  if (!(await channel.source.waitForBytes(idle))) return false;
  const share = limits.allowance?.share() ?? UNLIMITED;
  try {
    await answerOne(service, share);
  } finally {
    share.release();
  }
  return true;
}

async function answerOne(service: Service, share: Reservation): Promise<void> {
  const { channel, limits } = service;
  const ask = { awaiting: 'a request', deadline: Deadline.inMs(limits.callMs) };
  const bounds = { maxInflatedBytes: limits.maxMessageBytes, share };
  const { message, streams } = await readMessage(channel.source, ask, bounds);
  if (message === null) {
    service.noWork();
    return;
  }
  if ('result' in message) throw new WireError('MALFORMED', ask.awaiting, 'a response came where a request was due');
  const stalled = Deadline.inMs(limits.stallMs);
  const incoming = incomingStreams(channel, streams, { awaiting: ask.awaiting, deadline: stalled });
  const reply = await service.answer({ request: message, streams, readStream: () => incoming.next() });
  await incoming.discardRest();
  const response = encodeResponse({ id: message.id, error: reply.error, result: reply.result });
  await channel.write(response, Deadline.inMs(limits.callMs));
  for (const stream of reply.streams ?? []) await writeDataStream(channel, stream, stalled);
}

/** A listening service waits to be told. */
async function awaitNext(channel: Channel, limits: ServiceLimits): Promise<ServiceEnd | undefined> {
  const ask = { awaiting: 'NEXT or END', deadline: Deadline.inMs(limits.idleMs) };
  const control = await readControl(channel.source, ask);
  if (control === undefined) return 'closed';
  if (control === 'END') return 'ended';
  if (control !== 'NEXT') throw unexpectedControl(ask, control);
  await writeControl(channel, 'PROCEED', Deadline.inMs(limits.callMs));
  return undefined;
}

/** A polling service asks for the next request itself. */
async function askForMore(channel: Channel, limits: ServiceLimits): Promise<ServiceEnd | undefined> {
  const ask = { awaiting: 'PROCEED, the answer to NEXT', deadline: Deadline.inMs(limits.callMs) };
  await writeControl(channel, 'NEXT', ask.deadline);
  const control = await readControl(channel.source, ask);
  if (control === undefined) return 'closed';
  if (control === 'END') return 'ended';
  if (control !== 'PROCEED') throw unexpectedControl(ask, control);
  return undefined;
}

/** The data streams behind a request, which must be taken off the wire in order whether the service wants them or not. */
export function incomingStreams(channel: Channel, streams: readonly DataStreamRef[], ask: ReadRequest) {
  let taken = 0;
  let current: AsyncGenerator<Buffer, void> | undefined;
  return {
    next(): AsyncIterable<Buffer> {
      const ref = streams[taken];
      if (ref === undefined) throw new RangeError(`the request has ${streams.length} data streams, not more`);
      taken++;
      const former = current;
      const pieces = readDataStream(channel.source, ref, ask);
      current = pieces;
      const next = async (): Promise<IteratorResult<Buffer, void>> => {
        await drain(former);
        return pieces.next();
      };
      // Without `return`: a service that stops reading in the middle must not end the stream, its rest is on the wire.
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
    async discardRest(): Promise<void> {
      await drain(current);
      for (const ref of streams.slice(taken)) await discardDataStream(channel.source, ref, ask);
    },
  };
}

/** Read a data stream to its end, wherever its reader stopped. */
async function drain(pieces: AsyncGenerator<Buffer, void> | undefined): Promise<void> {
  if (pieces === undefined) return;
  for (let piece = await pieces.next(); piece.done !== true; piece = await pieces.next());
}
