import type { TLSSocket } from 'node:tls';
import { inflateRawSync, deflateRawSync } from 'node:zlib';
import { type Bson, bsonDocument } from './bson-bytes.js';

/** The service's end of a connection, for test peers that send arbitrary data. */
export class ServiceConnection {
  readonly socket: TLSSocket;
  #received = Buffer.alloc(0);
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
  }

  /** Reads the next line, without its line break. */
  async readLine(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf(0x0a);
      if (end >= 0)
        return this.#take(end + 1)
          .toString('latin1')
          .replace(/\r?\n$/, '');
      await this.#more();
    }
  }

  /** Reads the next request completely, and returns its id. */
  async readRequest(): Promise<string> {
    for (;;) {
      try {
        const { buffer, engine } = inflateRawSync(this.#received, { info: true }) as unknown as {
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

  /** Sends bytes in their own TLS record. */
  async send(bytes: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Exchanges preamble and identities like a Tentacle that trusts the client. */
  async exchangeIdentities(): Promise<this> {
    for (const expected of [/^MX$/, /^$/, /^MX-CLIENT 1\.0$/, /^$/]) {
      const line = await this.readLine();
      if (!expected.test(line)) throw new Error(`unexpected line from the client: ${JSON.stringify(line)}`);
    }
    await this.send('MX-SERVER 1.0\r\n\r\n');
    return this;
  }

  #take(count: number): Buffer {
    const bytes = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return bytes;
  }

  async #more(): Promise<void> {
    const before = this.#received.length;
    while (this.#received.length === before) {
      if (this.#isOver) throw new Error('the client disconnected');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Encodes a response as the bytes of one write. */
export function responseBytes(id: string, result: Bson, error: Bson = null): Buffer {
  const $type = 'Halibut.Transport.Protocol.ResponseMessage, Halibut';
  return deflateRawSync(bsonDocument({ Message: { $type, id, error, result } }));
}

/** A real Tentacle's response to GetCapabilities. */
export const CAPABILITIES: Bson = {
  $type: 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts',
  SupportedCapabilities: ['IScriptService', 'IFileTransferService', 'IScriptServiceV2'],
};
