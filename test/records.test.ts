import { randomBytes, randomUUID } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  ClientExchange,
  openTlsConnection,
  DataStreamRef,
  Deadline,
  handshakeAsListener,
  exchangeIdentityAsConnector,
  call,
  type OutgoingStream,
  readIdentity,
  readPreamble,
  serveRequests,
  socketChannel,
  ConnectionTrace,
  writeIdentity,
} from '../packages/protocol/src/index.js';
import { echo, upload, download } from '../packages/protocol/src/diagnostics/index.js';
import { firstBytes } from '../packages/protocol/src/net/listen.js';
import { discardDataStream } from '../packages/protocol/src/halibut/data-stream.js';
import { testIdentity } from './identities.js';
import { type From, relay } from './peers/relay.js';
import { tcpPeer } from './peers/tcp-peer.js';

// Old services lose bytes that share a TLS record with earlier ones (docs/protocol.md, "Where records are cut"). In TLS
// 1.2 a relay can read the header of each record: type, version and length.

const APPLICATION_DATA = 23;
const HEAD_BYTES = 5;
/** AES-GCM in TLS 1.2 adds an explicit nonce and a tag. */
const OVERHEAD_BYTES = 8 + 16;
/** The maximum content of a record. */
const FULL = 16_384;

const soon = () => Deadline.inMs(20_000);
const never = new AbortController().signal;
const LIMITS = { idleMs: 20_000, callMs: 20_000, stallMs: 20_000, maxMessageBytes: 1_000_000 };

/** Splits a byte stream into records, and stores the content length of each record with application data. */
class Records {
  readonly lengths: number[] = [];
  #pending = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.#pending.readUInt16BE(3);
      if (this.#pending.length < end) break;
      if (this.#pending[0] === APPLICATION_DATA) this.lengths.push(end - HEAD_BYTES - OVERHEAD_BYTES);
      this.#pending = this.#pending.subarray(end);
    }
  }
}

/** Runs a client against a service, through a relay that stores the record lengths of both. */
async function recordsOf(
  use: (exchange: ClientExchange, source: Awaited<ReturnType<typeof openTlsConnection>>['source']) => Promise<void>,
): Promise<Record<From, number[]>> {
  const identity = await testIdentity('Octopus Tentacle');
  const secureContext = createSecureContext({
    ...identity.secureContextOptions,
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
  });
  const service = await tcpPeer((socket) => {
    const serve = async (): Promise<void> => {
      const first = (await firstBytes(socket)) ?? Buffer.alloc(0);
      const { socket: tls } = await handshakeAsListener(socket, {
        secureContext,
        firstBytes: first,
        deadline: soon(),
        signal: never,
      });
      const channel = socketChannel(tls);
      const purpose = 'the client';
      await readPreamble(channel.source, { purpose, deadline: soon(), silenceMs: 20_000, maxBytes: 100 });
      await readIdentity(channel.source, { purpose, deadline: soon() }, ['MX-CLIENT']);
      await writeIdentity(channel, { role: 'MX-SERVER' }, soon());
      await serveRequests(channel, 'listening', LIMITS, async (incoming) => {
        const { request, streams } = incoming;
        if (request.method === echo.method) return { error: null, result: request.params[0] ?? null };
        if (request.method === upload.method) {
          for await (const piece of incoming.readStream()) expect(piece.length).toBeGreaterThan(0);
          return { error: null, result: upload.writeResult({ bytes: streams[0]?.lengthBytes ?? 0 }) };
        }
        const stream = streamOf(randomBytes(1000), randomBytes(1000));
        return { error: null, result: new DataStreamRef(stream.id, stream.lengthBytes), streams: [stream] };
      });
      channel.close();
    };
    serve().catch(() => socket.destroy());
  });
  const records = { connector: new Records(), listener: new Records() };
  const counting = await relay(service.port, (from, chunk) => {
    records[from].add(chunk);
    return chunk;
  });
  const trace = new ConnectionTrace({ host: '127.0.0.1', port: counting.port, timeoutUs: 20_000_000 });
  const plan = { host: '127.0.0.1', port: counting.port, secureContext: createSecureContext() };
  const channel = await openTlsConnection(plan, trace, soon(), never);
  await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, soon());
  const exchange = new ClientExchange(channel, 'listening', 1_000_000);
  await use(exchange, channel.source);
  await exchange.end(soon());
  channel.close();
  await counting.allGone();
  return { connector: records.connector.lengths, listener: records.listener.lengths };
}

function streamOf(...chunks: readonly Buffer[]): OutgoingStream {
  return { id: randomUUID(), lengthBytes: chunks.reduce((sum, { length }) => sum + length, 0), chunks };
}

const endpoint = { baseUri: 'https://127.0.0.1/', remoteThumbprint: '' };
const [PREAMBLE, IDENTITY, NEXT, PROCEED, END] = [6, 17, 6, 9, 5];
const [STREAM_HEAD, STREAM_END] = [24, 8];

describe('each item is sent in its own record', () => {
  it('preamble, identity, requests and control words; identity, responses and control words', async () => {
    const sizes: { requestBytes: number; responseBytes: number }[] = [];
    const { connector, listener } = await recordsOf(async (exchange) => {
      for (let index = 0; index < 3; index++) {
        await exchange.takeTurn(soon());
        sizes.push((await call(exchange, echo, randomBytes(100), endpoint, soon())).answer);
      }
    });
    const [first, second, third] = sizes.map(({ requestBytes }) => requestBytes);
    expect(connector).toEqual([PREAMBLE, IDENTITY, first, NEXT, second, NEXT, third, END]);
    const [answer1, answer2, answer3] = sizes.map(({ responseBytes }) => responseBytes);
    expect(listener).toEqual([IDENTITY, answer1, PROCEED, answer2, PROCEED, answer3]);
  });

  it('a message larger than a record, whose last record contains nothing else', async () => {
    let sizes = { requestBytes: 0, responseBytes: 0 };
    const { connector, listener } = await recordsOf(async (exchange) => {
      sizes = (await call(exchange, echo, randomBytes(20_000), endpoint, soon())).answer;
    });
    expect(connector).toEqual([PREAMBLE, IDENTITY, FULL, sizes.requestBytes - FULL, END]);
    expect(listener).toEqual([IDENTITY, FULL, sizes.responseBytes - FULL]);
  });

  it('a request and its data stream', async () => {
    const stream = streamOf(randomBytes(1000), randomBytes(2000));
    let requestBytes = 0;
    const { connector } = await recordsOf(async (exchange) => {
      const ref = new DataStreamRef(stream.id, stream.lengthBytes);
      const { answer, result } = await call(exchange, upload, ref, endpoint, soon(), [stream]);
      requestBytes = answer.requestBytes;
      expect(result).toEqual({ bytes: 3000 });
    });
    expect(connector).toEqual([PREAMBLE, IDENTITY, requestBytes, STREAM_HEAD, 1000, 2000, STREAM_END, END]);
  });

  it('a response and its data stream', async () => {
    let responseBytes = 0;
    const { listener } = await recordsOf(async (exchange, source) => {
      const { answer, result } = await call(exchange, download, 2000n, endpoint, soon());
      responseBytes = answer.responseBytes;
      await discardDataStream(source, result, { purpose: 'the data', deadline: soon() });
    });
    expect(listener).toEqual([IDENTITY, responseBytes, STREAM_HEAD, 1000, 1000, STREAM_END]);
  });
});
