import type { TLSSocket } from 'node:tls';
import { inflateRawSync, deflateRawSync } from 'node:zlib';
import { type Bson, bsonDocument } from './bson-bytes.js';

/** The service's end of a connection, for peers that say what they are told and not what they should. */
export class Talk {
  readonly socket: TLSSocket;
  #held = Buffer.alloc(0);
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#wake();
    });
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(0x0a);
      if (end >= 0)
        return this.#take(end + 1)
          .toString('latin1')
          .replace(/\r?\n$/, '');
      await this.#more();
    }
  }

  /** Take the next request whole, and give its id. */
  async request(): Promise<string> {
    for (;;) {
      try {
        const { buffer, engine } = inflateRawSync(this.#held, { info: true }) as unknown as {
          buffer: Buffer;
          engine: { bytesWritten: number };
        };
        this.#take(engine.bytesWritten);
        const at = buffer.indexOf('\x02id\0') + 4;
        return buffer.toString('utf8', at + 4, at + 3 + buffer.readInt32LE(at));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
        await this.#more();
      }
    }
  }

  /** Say something, in a record of its own. */
  async say(bytes: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Go through the preamble and the identities as a Tentacle does that trusts the client. */
  async introduce(): Promise<this> {
    for (const expected of [/^MX$/, /^$/, /^MX-CLIENT 1\.0$/, /^$/]) {
      const line = await this.line();
      if (!expected.test(line)) throw new Error(`the client said ${JSON.stringify(line)}`);
    }
    await this.say('MX-SERVER 1.0\r\n\r\n');
    return this;
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const had = this.#held.length;
    while (this.#held.length === had) {
      if (this.#isOver) throw new Error('the client is gone');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A response, as the bytes of one write. */
export function responseBytes(id: string, result: Bson, error: Bson = null): Buffer {
  const $type = 'Halibut.Transport.Protocol.ResponseMessage, Halibut';
  return deflateRawSync(bsonDocument({ Message: { $type, id, error, result } }));
}

/** What a real Tentacle answers to GetCapabilities. */
export const CAPABILITIES: Bson = {
  $type: 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts',
  SupportedCapabilities: ['IScriptService', 'IFileTransferService', 'IScriptServiceV2'],
};
