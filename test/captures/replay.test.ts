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
import { loadCapture, type Side } from './recording.js';
import { arriving, type Chunking, CHUNKINGS, chunksOf, decode, type Said } from './capture-lines.js';

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
const ask = (purpose: string) => ({ purpose, deadline: soon() });

interface Replay extends Channel {
  readonly writes: Buffer[];
}

/** A channel at whose other end the recorded side speaks; what we write is kept. */
function against(name: string, side: Side, chunking: Chunking): Replay {
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

const saidBy = (name: string, side: Side): Promise<Said[]> =>
  decode(chunksOf(loadCapture(name), side), (chunks) => chunks);

/** What we wrote, decoded, must be what the real side said: word for word, but for the line ends of its platform. */
async function expectSameAs(name: string, side: Side, writes: readonly Buffer[]): Promise<void> {
  const ours = await decode(writes, (chunks) => chunks);
  const theirs = (await saidBy(name, side)).map((said) => (said === 'MX\n\n' ? 'MX\r\n\r\n' : said));
  expect(ours).toEqual(theirs);
}

const isRequest = (said: Said): said is RequestMessage => typeof said === 'object' && said !== null && 'params' in said;
const isResponse = (said: Said): said is ResponseMessage =>
  typeof said === 'object' && said !== null && 'result' in said;

/** The data streams that a message speaks of, with their content as it follows in the recording. */
function streamsAfter(message: RequestMessage | ResponseMessage, script: readonly Said[]): OutgoingStream[] {
  const at = script.indexOf(message) + 1;
  const value = 'params' in message ? message.params : message.result;
  return dataStreamsIn(value).map(({ id, lengthBytes }, index) => {
    const content = script[at + index];
    if (!Buffer.isBuffer(content)) throw new Error(`no content of data stream ${id}`);
    return { id, lengthBytes, chunks: [content] };
  });
}

/** Say all that the recorded client said, by our own client; collect what it is answered. */
async function sayAsClient(
  channel: Replay,
  script: readonly Said[],
  exchange: ClientExchange,
): Promise<(ResponseMessage | Buffer)[]> {
  const heard: (ResponseMessage | Buffer)[] = [];
  for (const said of script) {
    if (said === null) await exchange.sendNullMessage(soon());
    else if (said === 'NEXT\r\n' || said === 'PROCEED\r\n') expect(await exchange.takeTurn(soon())).toBe(true);
    else if (said === 'END\r\n') await exchange.end(soon());
    else if (isRequest(said)) {
      const { response, streams } = await exchange.request(said, soon(), streamsAfter(said, script));
      heard.push(response);
      for (const ref of streams) {
        const pieces: Buffer[] = [];
        for await (const piece of readDataStream(channel.source, ref, ask('the data'))) pieces.push(piece);
        heard.push(Buffer.concat(pieces));
      }
    } else if (typeof said === 'string') throw new Error(`a client does not say ${said} here`);
  }
  return heard;
}

/** Answer each request as the recorded service did. */
function answerAs(script: readonly Said[], requests: RequestMessage[], uploads: Buffer[]) {
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
  readIdentity(source, ask('the identity'), roles);
const preambleOf = (source: ByteReader) =>
  readPreamble(source, { purpose: 'the preamble', deadline: soon(), silenceMs: 20_000, maxBytes: 20_000 });

describe.each(Object.entries(CHUNKINGS))('%s', (_, chunking) => {
  it.each(LISTENING)('our client against the service of %s', async (name) => {
    const channel = against(name, 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-CLIENT' }, soon());
    expect(await readPeer(channel.source, 'MX-SERVER')).toEqual({ role: 'MX-SERVER', version: '1.0' });
    const script = (await saidBy(name, 'connector')).slice(2);
    const heard = await sayAsClient(channel, script, new ClientExchange(channel, 'listening', MAX_BYTES));
    await expectSameAs(name, 'connector', channel.writes);
    expect(heard).toEqual((await saidBy(name, 'listener')).filter((said) => typeof said !== 'string'));
    expect(await channel.source.readSome(ask('the end'), 1)).toBeUndefined();
  });

  it.each(LISTENING)('our service against the client of %s', async (name) => {
    const channel = against(name, 'connector', chunking);
    expect(await preambleOf(channel.source)).toEqual({ kind: 'message-exchange' });
    expect(await readPeer(channel.source, 'MX-CLIENT', 'MX-SUBSCRIBER')).toEqual({ role: 'MX-CLIENT', version: '1.0' });
    await writeIdentity(channel, { role: 'MX-SERVER' }, soon());
    const script = await saidBy(name, 'listener');
    const requests: RequestMessage[] = [];
    const uploads: Buffer[] = [];
    const end = await serveRequests(channel, 'listening', LIMITS, answerAs(script, requests, uploads));
    expect(end).toBe('ended');
    await expectSameAs(name, 'listener', channel.writes);
    const asked = await saidBy(name, 'connector');
    expect(requests).toEqual(asked.filter(isRequest));
    expect(uploads).toEqual(asked.filter((said) => Buffer.isBuffer(said)));
  });

  it('our polled client, which listens, against the polling service', async () => {
    const channel = against(POLLING, 'connector', chunking);
    expect(await preambleOf(channel.source)).toEqual({ kind: 'message-exchange' });
    expect(await readPeer(channel.source, 'MX-CLIENT', 'MX-SUBSCRIBER')).toEqual({
      role: 'MX-SUBSCRIBER',
      version: '1.0',
      subscription: 'poll://golden/',
    });
    await writeIdentity(channel, { role: 'MX-SERVER' }, soon());
    const script = (await saidBy(POLLING, 'listener')).slice(1);
    const exchange = new ClientExchange(channel, 'polling', MAX_BYTES);
    const heard = await sayAsClient(channel, script, exchange);
    await expectSameAs(POLLING, 'listener', channel.writes);
    expect(heard).toEqual((await saidBy(POLLING, 'connector')).filter(isResponse));
    // The service's last words.
    await exchange.sendNullMessage(soon());
    expect(await exchange.takeTurn(soon())).toBe(false);
  });

  it('our polling service, which connects, against the polled client', async () => {
    const channel = against(POLLING, 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-SUBSCRIBER', subscription: 'poll://golden/' }, soon());
    await readPeer(channel.source, 'MX-SERVER');
    const requests: RequestMessage[] = [];
    const script = await saidBy(POLLING, 'connector');
    expect(await serveRequests(channel, 'polling', LIMITS, answerAs(script, requests, []))).toBe('closed');
    expect(requests).toEqual((await saidBy(POLLING, 'listener')).filter(isRequest));
    // The real service said END when it was stopped; ours was never stopped.
    await expectSameAs(POLLING, 'connector', [...channel.writes, Buffer.from('END\r\n')]);
  });

  it('our client against the listener that does not trust it', async () => {
    const channel = against('listening-untrusted', 'listener', chunking);
    await writePreamble(channel, soon());
    await writeIdentity(channel, { role: 'MX-CLIENT' }, soon());
    await expect(readPeer(channel.source, 'MX-SERVER')).rejects.toMatchObject({
      code: 'END_OF_STREAM',
      receivedBytes: 0,
    });
    await new ClientExchange(channel, 'listening', MAX_BYTES).end(soon());
    await expectSameAs('listening-untrusted', 'connector', channel.writes);
  });

  it('our service against the client that is not trusted, did it trust it', async () => {
    const channel = against('listening-untrusted', 'connector', chunking);
    await preambleOf(channel.source);
    await readPeer(channel.source, 'MX-CLIENT');
    // END comes where a request is due.
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
  ])('our listener and our reader of pages in %s', async (name, firstLine, page, author) => {
    const asking = against(name, 'connector', chunking);
    expect(await preambleOf(asking.source)).toMatchObject({ kind: 'other', firstLine });
    const answering = against(name, 'listener', chunking);
    const bytes = await answering.source.collect(ask('the page'), MAX_BYTES);
    expect(identifyPage(bytes)).toMatchObject({ author, http: { version: '1.0', status: 200 } });
    expect(renderLandingPage(page).toString()).toBe(bytes.toString());
  });
});
