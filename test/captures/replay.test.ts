import { describe, expect, it } from 'vitest';
import { Deadline } from '../../packages/protocol/src/time/clock.js';
import type { ByteReader } from '../../packages/protocol/src/halibut/byte-reader.js';
import type { Channel } from '../../packages/protocol/src/halibut/channel.js';
import { ClientExchange } from '../../packages/protocol/src/halibut/client-exchange.js';
import { type OutgoingStream, readDataStream } from '../../packages/protocol/src/halibut/data-stream.js';
import { dataStreamsIn } from '../../packages/protocol/src/halibut/bson-value.js';
import { readIdentity, type RemoteIdentity, writeIdentity } from '../../packages/protocol/src/halibut/identity-line.js';
import type { RequestMessage, ResponseMessage } from '../../packages/protocol/src/halibut/messages.js';
import { renderLandingPage, identifyPage } from '../../packages/protocol/src/http/landing-page.js';
import { readPreamble, writePreamble } from '../../packages/protocol/src/halibut/preamble.js';
import { type IncomingCall, type Reply, serveRequests } from '../../packages/protocol/src/halibut/service-exchange.js';
import { loadCapture, type Side } from './load-capture.js';
import { arriving, type Chunking, CHUNKINGS, chunksOf, decode, type CapturedItem } from './decode-capture.js';

/** The recordings of whole exchanges; the others have a test of their own below. */
const LISTENING = [
  'listening-capabilities',
  'listening-hello',
  'listening-add',
  'listening-void',
  'listening-big-argument',
  'listening-exception',
  'listening-service-not-found',
  'listening-upload',
  'listening-download',
];
const POLLING = 'polling-capabilities';

const MAX_BYTES = 100_000;
const LIMITS = { idleMs: 20_000, callMs: 20_000, stallMs: 20_000, maxMessageBytes: MAX_BYTES };
const soon = () => Deadline.inMs(20_000);
const readRequest = (purpose: string) => ({ purpose, deadline: soon() });

interface Replay extends Channel {
  readonly writes: Buffer[];
}

/** A channel to the recorded side. It stores everything that is written. */
function replayOf(name: string, side: Side, chunking: Chunking): Replay {
  const writes: Buffer[] = [];
  return {
    source: arriving(chunksOf(loadCapture(name), side), chunking),
    writes,
    write: (bytes) => {
      writes.push(Buffer.from(bytes));
      return Promise.resolve();
    },
  };
}

const itemsFrom = (name: string, side: Side): Promise<CapturedItem[]> =>
  decode(chunksOf(loadCapture(name), side), (chunks) => chunks);

/** Checks that the written bytes, decoded, equal those of the real side, except for the line endings of its platform. */
async function expectSameAs(name: string, side: Side, writes: readonly Buffer[]): Promise<void> {
  const written = await decode(writes, (chunks) => chunks);
  const recorded = (await itemsFrom(name, side)).map((item) => (item === 'MX\n\n' ? 'MX\r\n\r\n' : item));
  expect(written).toEqual(recorded);
}

const isRequest = (item: CapturedItem): item is RequestMessage =>
  typeof item === 'object' && item !== null && 'params' in item;
const isResponse = (item: CapturedItem): item is ResponseMessage =>
  typeof item === 'object' && item !== null && 'result' in item;

/** The data streams that a message refers to, with their content, which follows it in the recording. */
function streamsAfter(message: RequestMessage | ResponseMessage, script: readonly CapturedItem[]): OutgoingStream[] {
  const at = script.indexOf(message) + 1;
  const value = 'params' in message ? message.params : message.result;
  return dataStreamsIn(value).map(({ id, lengthBytes }, index) => {
    const content = script[at + index];
    if (!Buffer.isBuffer(content)) throw new Error(`no content of data stream ${id}`);
    return { id, lengthBytes, chunks: [content] };
  });
}

/** Sends everything that the recorded client sent through the client under test, and collects the replies. */
async function replayAsClient(
  channel: Replay,
  script: readonly CapturedItem[],
  exchange: ClientExchange,
): Promise<(ResponseMessage | Buffer)[]> {
  const replies: (ResponseMessage | Buffer)[] = [];
  for (const item of script) {
    if (item === null) await exchange.sendNullMessage(soon());
    else if (item === 'NEXT\r\n' || item === 'PROCEED\r\n') expect(await exchange.takeTurn(soon())).toBe(true);
    else if (item === 'END\r\n') await exchange.end(soon());
    else if (isRequest(item)) {
      const { response, streams } = await exchange.request(item, soon(), streamsAfter(item, script));
      replies.push(response);
      for (const ref of streams) {
        const pieces: Buffer[] = [];
        for await (const piece of readDataStream(channel.source, ref, readRequest('the data'))) pieces.push(piece);
        replies.push(Buffer.concat(pieces));
      }
    } else if (typeof item === 'string') throw new Error(`unexpected item of a client: ${item}`);
  }
  return replies;
}

/** Answers each request like the recorded service. */
function answerAs(script: readonly CapturedItem[], requests: RequestMessage[], uploads: Buffer[]) {
  return async (call: IncomingCall): Promise<Reply> => {
    const { request } = call;
    requests.push(request);
    for (const ref of call.streams) {
      const pieces: Buffer[] = [];
      for await (const piece of call.readStream()) pieces.push(piece);
      expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(ref.lengthBytes);
      uploads.push(Buffer.concat(pieces));
    }
    const response = script.filter(isResponse).find(({ id }) => id === request.id);
    if (response === undefined) throw new Error(`no answer to ${request.id} was recorded`);
    return { error: response.error, result: response.result, streams: streamsAfter(response, script) };
  };
}

const readPeer = (source: ByteReader, ...roles: RemoteIdentity['role'][]): Promise<RemoteIdentity> =>
  readIdentity(source, readRequest('the identity'), roles);
const preambleOf = (source: ByteReader) =>
  readPreamble(source, { purpose: 'the preamble', deadline: soon(), silenceMs: 20_000, maxBytes: 20_000 });

describe.each(Object.entries(CHUNKINGS))('%s', (_, chunking) => {
  it.each(LISTENING)('the client against the recorded service of %s', async (name) => {
    const channel = replayOf(name, 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-CLIENT' }, soon());
    expect(await readPeer(channel.source, 'MX-SERVER')).toEqual({ role: 'MX-SERVER', version: '1.0' });
    const script = (await itemsFrom(name, 'connector')).slice(2);
    const replies = await replayAsClient(channel, script, new ClientExchange(channel, 'listening', MAX_BYTES));
    await expectSameAs(name, 'connector', channel.writes);
    expect(replies).toEqual((await itemsFrom(name, 'listener')).filter((item) => typeof item !== 'string'));
    expect(await channel.source.readSome(readRequest('the end'), 1)).toBeUndefined();
  });

  it.each(LISTENING)('the service against the recorded client of %s', async (name) => {
    const channel = replayOf(name, 'connector', chunking);
    expect(await preambleOf(channel.source)).toEqual({ kind: 'message-exchange' });
    expect(await readPeer(channel.source, 'MX-CLIENT', 'MX-SUBSCRIBER')).toEqual({ role: 'MX-CLIENT', version: '1.0' });
    await writeIdentity(channel, { role: 'MX-SERVER' }, soon());
    const script = await itemsFrom(name, 'listener');
    const requests: RequestMessage[] = [];
    const uploads: Buffer[] = [];
    const end = await serveRequests(channel, 'listening', LIMITS, answerAs(script, requests, uploads));
    expect(end).toBe('ended');
    await expectSameAs(name, 'listener', channel.writes);
    const sent = await itemsFrom(name, 'connector');
    expect(requests).toEqual(sent.filter(isRequest));
    expect(uploads).toEqual(sent.filter((item) => Buffer.isBuffer(item)));
  });

  it('the client that listens against the recorded polling service', async () => {
    const channel = replayOf(POLLING, 'connector', chunking);
    expect(await preambleOf(channel.source)).toEqual({ kind: 'message-exchange' });
    expect(await readPeer(channel.source, 'MX-CLIENT', 'MX-SUBSCRIBER')).toEqual({
      role: 'MX-SUBSCRIBER',
      version: '1.0',
      subscription: 'poll://golden/',
    });
    await writeIdentity(channel, { role: 'MX-SERVER' }, soon());
    const script = (await itemsFrom(POLLING, 'listener')).slice(1);
    const exchange = new ClientExchange(channel, 'polling', MAX_BYTES);
    const replies = await replayAsClient(channel, script, exchange);
    await expectSameAs(POLLING, 'listener', channel.writes);
    expect(replies).toEqual((await itemsFrom(POLLING, 'connector')).filter(isResponse));
    // The service sends END.
    await exchange.sendNullMessage(soon());
    expect(await exchange.takeTurn(soon())).toBe(false);
  });

  it('the polling service against the recorded client that listens', async () => {
    const channel = replayOf(POLLING, 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-SUBSCRIBER', subscription: 'poll://golden/' }, soon());
    await readPeer(channel.source, 'MX-SERVER');
    const requests: RequestMessage[] = [];
    const script = await itemsFrom(POLLING, 'connector');
    expect(await serveRequests(channel, 'polling', LIMITS, answerAs(script, requests, []))).toBe('closed');
    expect(requests).toEqual((await itemsFrom(POLLING, 'listener')).filter(isRequest));
    // The real service sent END when it was stopped; the one under test is not stopped.
    await expectSameAs(POLLING, 'connector', [...channel.writes, Buffer.from('END\r\n')]);
  });

  it('the client against the recorded listener that does not trust it', async () => {
    const channel = replayOf('listening-untrusted', 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-CLIENT' }, soon());
    await expect(readPeer(channel.source, 'MX-SERVER')).rejects.toMatchObject({
      code: 'END_OF_STREAM',
      receivedBytes: 0,
    });
    await new ClientExchange(channel, 'listening', MAX_BYTES).end(soon());
    await expectSameAs('listening-untrusted', 'connector', channel.writes);
  });

  it('the service, if it did trust it, against the recorded client that was not trusted', async () => {
    const channel = replayOf('listening-untrusted', 'connector', chunking);
    await preambleOf(channel.source);
    await readPeer(channel.source, 'MX-CLIENT');
    // END arrives in place of a request.
    const served = serveRequests(channel, 'listening', LIMITS, answerAs([], [], []));
    await expect(served).rejects.toMatchObject({ code: expect.stringMatching(/MALFORMED|END_OF_STREAM/) as unknown });
    expect(channel.writes).toEqual([]);
  });

  it.each([
    ['browser-page', 'GET / HTTP/1.1', '<html><body><p>Hello!</p></body></html>', 'halibut', '\r\n'],
    [
      'discovery',
      'HELLO',
      '<html><body><p>Octopus Tentacle configured successfully</p></body></html>\n',
      'tentacle',
      '\n',
    ],
  ])('the landing page, written and identified, in %s', async (name, firstLine, page, author) => {
    const client = replayOf(name, 'connector', chunking);
    expect(await preambleOf(client.source)).toMatchObject({ kind: 'other', firstLine });
    const server = replayOf(name, 'listener', chunking);
    const bytes = await server.source.collect(readRequest('the page'), MAX_BYTES);
    expect(identifyPage(bytes)).toMatchObject({ author, http: { version: '1.0', status: 200 } });
    expect(renderLandingPage(page).toString()).toBe(bytes.toString());
  });
});
