import { type Deadline, nowUs } from '../time/clock.js';
import type { Channel } from './channel.js';
import { readControl, unexpectedControl, writeControl } from './control.js';
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
 * Whose part it is to say NEXT, which follows from who listens: a listening service is told NEXT by its client, a
 * polling service says it itself.
 */
export type ConnectionDirection = 'listening' | 'polling';

/** A service's answer. Its data streams stand in the source, in order, and must be read before the next turn. */
export interface RpcResponse {
  readonly response: ResponseMessage;
  readonly streams: readonly DataStreamRef[];
  /** Bytes of the messages on the wire, deflated, without their data streams. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** When the request was handed on, encoded, and when the last byte of the response had come, by {@link nowUs}. */
  readonly sentAtUs: number;
  readonly receivedAtUs: number;
}

/** The client's side of a message exchange, after the identities: requests out, responses in, one at a time. */
export class ClientExchange {
  readonly #channel: Channel;
  readonly #turns: ConnectionDirection;
  readonly #bounds: MessageBounds;
  #exchanged = false;

  /** @param maxMessageBytes the bound on one inflated response, its data streams apart. */
  constructor(channel: Channel, turns: ConnectionDirection, maxMessageBytes: number) {
    this.#channel = channel;
    this.#turns = turns;
    this.#bounds = { maxInflatedBytes: maxMessageBytes };
  }

  /**
   * Make it our turn to send. Nothing is needed before the first request; before each other one a listening service is
   * told NEXT and answers PROCEED, which is also how a real client tests a connection it kept; a polling service says
   * NEXT and is told PROCEED.
   * @returns false when a polling service said END instead.
   * @throws WireError END_OF_STREAM when the service is gone, UNEXPECTED_CONTROL, READ_TIMEOUT.
   */
  async takeTurn(deadline: Deadline): Promise<boolean> {
    if (!this.#exchanged) return true;
    if (this.#turns === 'listening') {
      const ask = { awaiting: 'PROCEED, the answer to NEXT', deadline };
      await writeControl(this.#channel, 'NEXT', deadline);
      const control = await readControl(this.#channel.source, ask);
      if (control === undefined) throw new WireError('END_OF_STREAM', ask.awaiting, 'the stream ended instead');
      if (control !== 'PROCEED') throw unexpectedControl(ask, control);
    } else {
      const ask = { awaiting: 'NEXT from the polling service', deadline };
      const control = await readControl(this.#channel.source, ask);
      if (control === 'END') return false;
      if (control === undefined) throw new WireError('END_OF_STREAM', ask.awaiting, 'the stream ended instead');
      if (control !== 'NEXT') throw unexpectedControl(ask, control);
      await writeControl(this.#channel, 'PROCEED', deadline);
    }
    this.#exchanged = false;
    return true;
  }

  /**
   * Send one request with its data streams and read the answer. Call {@link takeTurn} before.
   * @param deadline for the answer too; but with data streams, each step of them has its span anew, and so the answer.
   * @throws WireError MALFORMED, TOO_LONG, END_OF_STREAM, READ_TIMEOUT.
   */
  async request(
    request: RequestMessage,
    deadline: Deadline,
    streams: readonly OutgoingStream[] = [],
  ): Promise<RpcResponse> {
    const bytes = encodeRequest(request);
    this.#exchanged = true;
    const sentAtUs = nowUs();
    await this.#channel.write(bytes, deadline);
    for (const stream of streams) await writeDataStream(this.#channel, stream, deadline);
    const answerBy = streams.length === 0 ? deadline : deadline.again();
    const ask = { awaiting: `the response to ${request.service}.${request.method}`, deadline: answerBy };
    const { source } = this.#channel;
    const before = source.receivedBytes - source.bufferedBytes;
    let read: ReceivedMessage;
    try {
      read = await readMessage(source, ask, this.#bounds);
    } catch (error) {
      // A connection that breaks inside an answer says how much of it had arrived.
      throw interrupted(error, ask.awaiting, Buffer.alloc(0), source.receivedBytes - before);
    }
    if (read.message === null || !('result' in read.message)) {
      throw new WireError('MALFORMED', ask.awaiting, 'a message came that is no response');
    }
    if (read.message.id !== request.id) {
      throw new WireError(
        'MALFORMED',
        ask.awaiting,
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

  /** Tell a polling service that there is no work: the keep-alive of polling. */
  async sendNullMessage(deadline: Deadline): Promise<void> {
    this.#exchanged = true;
    await this.#channel.write(encodeNullMessage(), deadline);
  }

  /** Give the connection up on purpose. */
  async end(deadline: Deadline): Promise<void> {
    await writeControl(this.#channel, 'END', deadline);
  }
}
