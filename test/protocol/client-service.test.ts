import { EventEmitter, once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connect,
  DataStreamRef,
  type HalibutService,
  implement,
  type Method,
  requireDataStream,
  requireInt64,
  requireText,
  serve,
  type ServeOptions,
} from '../../packages/protocol/src/index.js';
import { testIdentity } from '../identities.js';

const own = await testIdentity('a client');
const other = await testIdentity('another client');
const identity = await testIdentity('a service');

function textMethod(method: string): Method<string, string> {
  return {
    service: 'ITextService',
    method,
    writeParams: (text) => [text],
    readParams: ([text]) => requireText(text, 1000),
    writeResult: (text) => text,
    readResult: (text) => requireText(text),
  };
}

const greet = textMethod('Greet');
const fail = textMethod('Fail');
const wait = textMethod('Wait');

const count: Method<DataStreamRef, bigint> = {
  service: 'IDataService',
  method: 'Count',
  writeParams: (stream) => [stream],
  readParams: ([stream]) => requireDataStream(stream),
  writeResult: (bytes) => bytes,
  readResult: requireInt64,
};

const produce: Method<null, DataStreamRef> = {
  service: 'IDataService',
  method: 'Produce',
  writeParams: () => [],
  readParams: () => null,
  writeResult: (stream) => stream,
  readResult: requireDataStream,
};

const STREAM_ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const CONTENT = Buffer.alloc(100_000, 'content');
const stream = { id: STREAM_ID, lengthBytes: CONTENT.length, chunks: [CONTENT] };

const METHODS = [
  implement(greet, (name, { client }) => `Hello, ${name} with ${client.thumbprint ?? 'no certificate'}`),
  implement(fail, (text) => {
    throw new Error(text);
  }),
  implement(wait, () => new Promise<string>(() => undefined)),
  implement(count, async (_stream, call) => {
    let bytes = 0;
    for await (const piece of call.readStream()) bytes += piece.length;
    return BigInt(bytes);
  }),
  implement(produce, (_none, call) => {
    call.sendStream(stream);
    return new DataStreamRef(STREAM_ID, CONTENT.length);
  }),
];

const services: HalibutService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
});

/** Starts a service on the loopback address that trusts one client. */
async function start(options: Partial<ServeOptions> = {}) {
  const endings: string[] = [];
  let onEnded: (() => void) | undefined;
  const service = await serve({
    port: 0,
    bind: '127.0.0.1',
    identity,
    trusted: [own.thumbprint],
    methods: METHODS,
    onConnectionEnded: ({ ending }) => {
      endings.push(ending);
      onEnded?.();
    },
    ...options,
  });
  services.push(service);
  const nextEnding = async (): Promise<string | undefined> => {
    if (endings.length === 0) await new Promise<void>((resolve) => (onEnded = resolve));
    return endings.shift();
  };
  const target = { host: '127.0.0.1', port: service.port, identity: own, thumbprint: identity.thumbprint };
  return { service, nextEnding, target };
}

describe('a client and a service', () => {
  it('call and answer on one connection, also calls made at once, and part in order', async () => {
    const { target, nextEnding } = await start();
    const client = await connect(target);
    const all = await Promise.all(['A', 'B', 'C'].map((name) => client.call(greet, name)));
    expect(all).toEqual(['A', 'B', 'C'].map((name) => `Hello, ${name} with ${own.thumbprint}`));
    expect(client.facts).toMatchObject({ address: '127.0.0.1', peerCertificate: { thumbprint: identity.thumbprint } });
    await client.close();
    await client.close();
    expect(await nextEnding()).toBe('served');
    await expect(client.call(greet, 'D')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  it('accept thumbprints in any spelling', async () => {
    const spelled = (thumbprint: string): string => thumbprint.toLowerCase().replaceAll(/(..)(?!$)/g, '$1:');
    const { target } = await start({ trusted: [spelled(own.thumbprint)] });
    const client = await connect({ ...target, thumbprint: spelled(identity.thumbprint) });
    await client.close();
    await expect(connect({ ...target, thumbprint: 'web01' })).rejects.toThrow('thumbprint');
  });

  it('send data streams both ways; a stream that is not read is skipped', async () => {
    const { target } = await start();
    const client = await connect(target);
    expect(await client.call(count, new DataStreamRef(STREAM_ID, CONTENT.length), { streams: [stream] })).toBe(
      BigInt(CONTENT.length),
    );
    await client.call(produce, null);
    const pieces: Buffer[] = [];
    await client.call(produce, null, {
      onStream: async (content) => {
        for await (const piece of content) pieces.push(piece);
      },
    });
    expect(Buffer.concat(pieces).equals(CONTENT)).toBe(true);
    const firstPieces: Buffer[] = [];
    await client.call(produce, null, {
      onStream: async (content) => {
        for await (const piece of content) {
          firstPieces.push(piece);
          break;
        }
      },
    });
    expect(firstPieces).toHaveLength(1);
    expect(await client.call(greet, 'A')).toContain('Hello');
    await client.close();
  });

  it('an error of the service reaches the caller, and the connection goes on', async () => {
    const { target } = await start();
    const client = await connect(target);
    await expect(client.call(fail, 'the disk is full')).rejects.toMatchObject({
      code: 'SERVER_ERROR',
      message: 'the disk is full',
    });
    await expect(client.call(textMethod('Unknown'), 'A')).rejects.toMatchObject({
      serverError: { halibutErrorType: expect.stringContaining('MethodNotFound') as string },
    });
    await expect(client.call({ ...greet, service: 'IUnknown' }, 'A')).rejects.toMatchObject({
      serverError: { halibutErrorType: expect.stringContaining('ServiceNotFound') as string },
    });
    await expect(client.call({ ...greet, writeParams: () => [5] }, 'A')).rejects.toMatchObject({
      serverError: { halibutErrorType: expect.stringContaining('AmbiguousMethodMatch') as string },
    });
    expect(await client.call(greet, 'A')).toContain('Hello');
    await client.close();
  });

  it('requests use no more memory together than their limit', async () => {
    const { target, nextEnding } = await start({ limits: { allMessagesMaxBytes: 3000 } });
    const client = await connect(target);
    await expect(client.call(greet, 'A'.repeat(4000))).rejects.toMatchObject({ code: 'END_OF_STREAM' });
    expect(await nextEnding()).toBe('rpc.no-room');
    await client.close();
  });

  it('a call that is not answered in time closes the connection', async () => {
    const { target } = await start();
    const client = await connect(target);
    await expect(client.call(wait, 'A', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'READ_TIMEOUT' });
    await expect(client.call(greet, 'A')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await client.close();
  });

  it('a signal cancels a call, and an attempt to connect', async () => {
    const { target } = await start();
    const cancel = new AbortController();
    const client = await connect({ ...target, signal: cancel.signal });
    const call = client.call(wait, 'A');
    cancel.abort();
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(connect({ ...target, signal: cancel.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('another certificate than the pinned one is rejected', async () => {
    const { target, nextEnding } = await start();
    await expect(connect({ ...target, thumbprint: other.thumbprint })).rejects.toMatchObject({
      code: 'UNEXPECTED_THUMBPRINT',
    });
    expect(await nextEnding()).toBe('probe.tls');
  });

  it('a client that is not trusted is closed without a reply', async () => {
    const { target, nextEnding } = await start();
    await expect(connect({ ...target, identity: other })).rejects.toMatchObject({
      code: 'END_OF_STREAM',
      receivedBytes: 0,
    });
    expect(await nextEnding()).toBe('refused.thumbprint');
  });

  it.each([
    [[own.thumbprint] as const, 'refused.no-certificate'],
    ['any' as const, 'probe.identity'],
  ])('a client without a certificate, where %j is trusted: %s', async (trusted, ending) => {
    const { service, nextEnding } = await start({ trusted });
    const socket = connectTls({ host: '127.0.0.1', port: service.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    socket.end('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n');
    socket.resume();
    expect(await nextEnding()).toBe(ending);
  });

  it('a browser receives a page, and a poller has no work', async () => {
    const { service, nextEnding } = await start();
    const send = async (text: string): Promise<string> => {
      const socket = connectTls({
        ...own.secureContextOptions,
        host: '127.0.0.1',
        port: service.port,
        rejectUnauthorized: false,
      });
      const pieces: Buffer[] = [];
      socket.on('data', (piece: Buffer) => void pieces.push(piece));
      socket.write(text);
      await once(socket, 'end');
      return Buffer.concat(pieces).toString();
    };
    expect(await send('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.0 200 OK/);
    expect(await nextEnding()).toBe('http.page');
    expect(await send('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://abcdefghij0123456789/\r\n\r\n')).toBe(
      'MX-SERVER 1.0\r\n\r\n',
    );
    expect(await nextEnding()).toBe('identity.subscriber');
  });

  it('work on a call learns that its client is gone, and cannot keep the service from closing', async () => {
    const calls = new EventEmitter<{ started: [AbortSignal] }>();
    const neverEnds = implement(wait, async (_text, { signal }) => {
      calls.emit('started', signal);
      return new Promise<string>(() => undefined);
    });
    const { service, target } = await start({ methods: [neverEnds] });
    const cancel = new AbortController();
    const client = await connect({ ...target, signal: cancel.signal });
    const started = once(calls, 'started') as Promise<[AbortSignal]>;
    const failure = expect(client.call(wait, 'A')).rejects.toMatchObject({ code: 'CANCELLED' });
    const [signal] = await started;
    const aborted = once(signal, 'abort');
    cancel.abort();
    await Promise.all([failure, aborted]);
    await service.close();
  });

  it('a service that closes cuts its connections, and its port is free again', async () => {
    const { service, target, nextEnding } = await start();
    const client = await connect(target);
    const call = client.call(wait, 'A');
    const failure = expect(call).rejects.toHaveProperty('code');
    await service.close();
    await failure;
    expect(await nextEnding()).toBe('stopped');
    await expect(connect(target)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('a service needs trusted clients, and one implementation of a method', async () => {
    await expect(start({ trusted: [] })).rejects.toThrow(RangeError);
    await expect(start({ methods: [...METHODS, ...METHODS] })).rejects.toThrow('ITextService.Greet');
  });
});
