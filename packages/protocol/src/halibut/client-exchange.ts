import { type Deadline, nowUs } from '../time/clock.js';
import { AT_ONCE_MAX_BYTES, type Channel, startWrite } from './channel.js';
import { type Control, readControl, startControl, unexpectedControl, writeControl } from './control.js';
import { type OutgoingStream, writeDataStream } from './data-stream.js';
import type { DataStreamRef } from './bson-value.js';
import {
  encodeNullMessage,
  encodeRequest,
  type MessageBounds,
  readMessage,
  type ReceivedMessage,
  type RequestMessage,
  type ResponseMessage,
} from './messages.js';
import { interrupted, WireError } from './wire-error.js';

/**
 * The kind of service at one end, which decides the sender of NEXT: the client sends it to a listening service, a polling
 * service sends it itself.
 */
export type ConnectionDirection = 'listening' | 'polling';

/** A service's answer. Its data streams follow in the source, in order, and must be read before the next request. */
export interface RpcResponse {
  readonly response: ResponseMessage;
  readonly streams: readonly DataStreamRef[];
  /** The bytes of the messages on the wire, deflated, without their data streams. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The time when the system had taken the encoded request, and that of the response's last byte, by {@link nowUs}. */
  readonly sentAtUs: number;
  readonly receivedAtUs: number;
}

/**
 * The most BSON values of one response, of all depths together. The largest of a real peer, a page of 2,000 connection
 * records with about 30 values each, has 60,000.
 */
const RESPONSE_VALUES_MAX = 100_000;

/**
 * A short request is encrypted and passed to the network within the call that writes it, and leaves shortly before that call
 * returns. So its return is when the request was sent: encrypting took 20 us of a time of 200. A process that has to give
 * up its processor in the call returns later, so at most this much is left out.
 */
const WRITE_MAX_US = 20;

/** The client's side of a message exchange, after the identities: it sends requests and reads responses, one at a time. */
export class ClientExchange {
  readonly #channel: Channel;
  readonly #direction: ConnectionDirection;
  readonly #bounds: MessageBounds;
  #exchanged = false;

  /** @param maxMessageBytes the limit for one inflated response, without its data streams. */
  constructor(channel: Channel, direction: ConnectionDirection, maxMessageBytes: number) {
    this.#channel = channel;
    this.#direction = direction;
    this.#bounds = { maxInflatedBytes: maxMessageBytes, maxValues: RESPONSE_VALUES_MAX };
  }

  /**
   * Obtains the turn to send. The first request needs nothing. Before each other one, a listening service receives NEXT
   * and answers PROCEED, by which a real client also tests a reused connection; a polling service sends NEXT and receives
   * PROCEED.
   * @param meanwhile work that needs no answer of the other end, such as encoding the request: done while it is waited for.
   * @returns false if a polling service sent END instead.
   * @throws WireError END_OF_STREAM when the service is gone, UNEXPECTED_CONTROL, READ_TIMEOUT.
   */
  async takeTurn(deadline: Deadline, meanwhile: () => void = () => undefined): Promise<boolean> {
    if (!this.#exchanged) {
      meanwhile();
      return true;
    }
    if (this.#direction === 'listening') {
      const readRequest = { purpose: 'PROCEED, the answer to NEXT', deadline };
      const written = startControl(this.#channel, 'NEXT', deadline);
      meanwhile();
      let control: Control | undefined;
      try {
        control = await readControl(this.#channel.source, readRequest);
      } finally {
        if (control === undefined) await written;
      }
      if (control === undefined) throw new WireError('END_OF_STREAM', readRequest.purpose, 'the stream ended instead');
      if (control !== 'PROCEED') throw unexpectedControl(readRequest, control);
    } else {
      const readRequest = { purpose: 'NEXT from the polling service', deadline };
      const control = await readControl(this.#channel.source, readRequest);
      if (control === 'END') return false;
      if (control === undefined) throw new WireError('END_OF_STREAM', readRequest.purpose, 'the stream ended instead');
      if (control !== 'NEXT') throw unexpectedControl(readRequest, control);
      await writeControl(this.#channel, 'PROCEED', deadline);
      meanwhile();
    }
    this.#exchanged = false;
    return true;
  }

  /**
   * Sends one request with its data streams and reads the answer. Call {@link takeTurn} before.
   * @param deadline for the answer too. With data streams, each of their steps has the whole span, and so has the answer.
   * @param bytes the encoded request, if it was encoded before.
   * @throws WireError MALFORMED, TOO_LONG, END_OF_STREAM, READ_TIMEOUT.
   */
  async request(
    request: RequestMessage,
    deadline: Deadline,
    streams: readonly OutgoingStream[] = [],
    bytes: Buffer = encodeRequest(request),
  ): Promise<RpcResponse> {
    this.#exchanged = true;
    const { receivedBytes } = this.#channel.source;
    const calledUs = nowUs();
    const isShort = streams.length === 0 && bytes.length <= AT_ONCE_MAX_BYTES;
    const written = startWrite(this.#channel, bytes, deadline);
    const sentAtUs = isShort ? Math.min(nowUs(), calledUs + WRITE_MAX_US) : calledUs;
    if (!isShort) await written;
    if (streams.length > 0) await this.#sendStreams(streams, receivedBytes, deadline);
    const answerBy = streams.length === 0 ? deadline : deadline.again();
    const readRequest = { purpose: `the response to ${request.service}.${request.method}`, deadline: answerBy };
    const { source } = this.#channel;
    const before = source.receivedBytes - source.bufferedBytes;
    let read: ReceivedMessage;
    try {
      read = await readMessage(source, readRequest, this.#bounds);
    } catch (error) {
      await written;
      // The error of a connection that breaks within an answer contains how much of it had arrived.
      throw interrupted(error, readRequest.purpose, Buffer.alloc(0), source.receivedBytes - before);
    }
    if (read.message === null || !('result' in read.message)) {
      throw new WireError('MALFORMED', readRequest.purpose, 'received a message other than a response');
    }
    if (read.message.id !== request.id) {
      throw new WireError(
        'MALFORMED',
        readRequest.purpose,
        'the response is to another request',
        Buffer.from(read.message.id),
      );
    }
    return {
      response: read.message,
      streams: read.streams,
      requestBytes: bytes.length,
      responseBytes: read.compressedBytes,
      sentAtUs,
      receivedAtUs: source.receivedAtUs,
    };
  }

  /**
   * Sends data streams, until the service answers: one that answers before they are sent does not want the rest.
   * @param before how many bytes had been received before the request was sent.
   */
  async #sendStreams(streams: readonly OutgoingStream[], before: number, deadline: Deadline): Promise<void> {
    const { source } = this.#channel;
    const isAnswered = (): boolean => source.receivedBytes > before;
    try {
      for (const stream of streams) {
        await writeDataStream(this.#channel, { ...stream, chunks: untilAnswered(stream.chunks, isAnswered) }, deadline);
      }
    } catch (error) {
      // The service may also have closed the connection after its answer.
      if (!isAnswered()) throw error;
    }
  }

  /** Sends the null message, the keep-alive of polling: no work for the polling service. */
  async sendNullMessage(deadline: Deadline): Promise<void> {
    this.#exchanged = true;
    await this.#channel.write(encodeNullMessage(), deadline);
  }

  /** Ends the exchange in order, with END. */
  async end(deadline: Deadline): Promise<void> {
    await writeControl(this.#channel, 'END', deadline);
  }
}

/** The chunks, until an answer arrives. */
async function* untilAnswered(
  chunks: OutgoingStream['chunks'],
  isAnswered: () => boolean,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    if (isAnswered()) throw new Error('answered before the data stream was sent');
    yield chunk;
  }
}
