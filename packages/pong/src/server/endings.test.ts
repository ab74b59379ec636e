import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { call, readDataStream } from 'tentacle-protocol';
import { download, echo, type EndingId, endingDefinition, endings } from 'tentacle-protocol/diagnostics';
import { describe, expect, test } from 'vitest';
import { UNLIMITED_TRANSFERS } from '../options/transfer-limit-options.js';
import { TransferLimits } from './transfer-limits.js';
import { clientHello, clientIdentity, introduced, startPong, tcp, tls } from '../testing/pong.test.support.js';

test('another protocol is named in the log, whole and byte by byte', async () => {
  const pong = await startPong();
  const hello = Buffer.concat([Buffer.from('000100010202', 'hex'), Buffer.from('\x16net.tcp://web01:10933/')]);
  for (const pieces of [[hello], [...hello].map((byte) => Buffer.of(byte))]) {
    const socket = await tcp(pong.port);
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
    expect(await pong.nextRecord()).toMatchObject({ ending: 'not-tls.other' });
    expect(pong.log.filter(({ msg }) => msg.includes('net.tcp://web01:10933/')).length).toBeGreaterThan(0);
    socket.destroy();
  }
  expect(pong.log.filter(({ msg }) => msg.includes('WCF net.tcp'))).toHaveLength(2);
  await pong.stop();
});

describe('the definitions', () => {
  test.each(endings)('the example of $id has that ending', ({ id, example }) => {
    expect(endingDefinition(example).id).toBe(id);
  });

  test('each id is used once', () => {
    expect(new Set(endings.map(({ id }) => id)).size).toBe(endings.length);
  });

  test.each(endings)('the texts of $id are complete sentences with every value', ({ title, means, example }) => {
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(means(example)).toMatch(/[.)]$|[0-9A-F]{40}$/);
    expect(means(example)).not.toMatch(/undefined|null|NaN/);
  });
});

type Provoke = (port: number) => Promise<unknown>;

interface Provocation {
  readonly id: EndingId;
  readonly start?: Parameters<typeof startPong>[0];
  readonly provoke: Provoke;
}

/** 60 ms: short for a test, and longer than a busy machine needs for the steps before it. */
const SOON_MS = 60;

async function readToEnd(pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of pieces) expect(piece.length).toBeGreaterThan(0);
}
const A_HANDSHAKE_MS = 400;

const ALERT_UNKNOWN_CA = Buffer.of(21, 3, 3, 0, 2, 2, 48);
/** The head of a record of 32 bytes of application data, and bytes that no key has encrypted. */
const NOT_A_RECORD = Buffer.concat([Buffer.of(23, 3, 3, 0, 32), Buffer.alloc(32, 7)]);
const TLS_12 = { maxVersion: 'TLSv1.2' } as const;

function brokenSet(): ReadonlySet<string> {
  return Object.defineProperty(new Set<string>(), 'size', {
    get: () => {
      throw new TypeError('this is broken on purpose');
    },
  });
}

function sends(...texts: (string | Buffer)[]): Provoke {
  return async (port) => {
    const socket = await tcp(port);
    for (const text of texts) socket.write(text);
    return socket;
  };
}

function sendsInTls(text: string, how: 'and ends' | 'and waits' = 'and waits'): Provoke {
  return async (port) => {
    const { secure } = await tls(port);
    secure.resume();
    if (how === 'and ends') secure.end(text);
    else secure.write(text);
  };
}

/** The first half of a message. */
const HALF_A_MESSAGE = deflateRawSync(Buffer.alloc(3000, 'what a long message this is')).subarray(0, 20);

const provocations: readonly Provocation[] = [
  {
    id: 'internal.bug',
    start: { trusted: brokenSet() },
    provoke: sendsInTls('MX\r\n\r\n'),
  },
  { id: 'too-many-connections', start: { limits: { connectionsMax: 0 } }, provoke: tcp },
  { id: 'limit.connections-per-address', start: { limits: { connectionsPerAddressMax: 0 } }, provoke: tcp },
  { id: 'limit.unidentified', start: { limits: { unidentifiedMax: 0 } }, provoke: tcp },
  { id: 'limit.unidentified-per-address', start: { limits: { unidentifiedPerAddressMax: 0 } }, provoke: tcp },
  { id: 'probe.tcp', provoke: async (port) => (await tcp(port)).end() },
  { id: 'probe.tcp', provoke: async (port) => (await tcp(port)).resetAndDestroy() },
  { id: 'tls.silent', start: { limits: { handshakeMs: SOON_MS } }, provoke: tcp },
  { id: 'not-tls.http', provoke: sends('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
  { id: 'not-tls.http', provoke: sends('OPTIONS * HTTP/1.1\r\n\r\n') },
  { id: 'not-tls.http-connect', provoke: sends('CONNECT web01:10933 HTTP/1.0\r\n\r\n') },
  { id: 'not-tls.proxy-header', provoke: sends('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n') },
  { id: 'not-tls.proxy-header', provoke: sends(Buffer.from('\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c', 'latin1')) },
  { id: 'not-tls.other', provoke: sends('SSH-2.0-OpenSSH_9.2p1\r\n') },
  { id: 'not-tls.other', provoke: async (port) => (await tcp(port)).end('hi') },
  { id: 'not-tls.other', provoke: sends(Buffer.alloc(100)) },
  {
    id: 'tls.version',
    provoke: (port) => tls(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  },
  {
    id: 'tls.no-common-parameters',
    provoke: (port) => tls(port, { ...TLS_12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
  },
  { id: 'tls.no-common-parameters', provoke: (port) => tls(port, { sigalgs: 'ecdsa_secp256r1_sha256' }) },
  {
    id: 'tls.refused-our-certificate',
    provoke: async (port) => {
      const socket = await tcp(port);
      socket.write(await clientHello());
      await once(socket, 'data');
      socket.write(ALERT_UNKNOWN_CA);
    },
  },
  {
    id: 'tls.stalled',
    start: { limits: { handshakeMs: A_HANDSHAKE_MS } },
    provoke: async (port) => sends((await clientHello()).subarray(0, 50))(port),
  },
  {
    id: 'tls.closed',
    provoke: async (port) => (await tcp(port)).end(await clientHello()),
  },
  {
    id: 'tls.reset',
    provoke: async (port) => {
      const socket = await tcp(port);
      socket.write(await clientHello());
      await once(socket, 'data');
      socket.resetAndDestroy();
    },
  },
  {
    id: 'tls.other',
    provoke: async (port) => {
      const hello = await clientHello();
      hello[43] = 255; // The length of the session id, at most 32.
      await sends(hello)(port);
    },
  },
  { id: 'tls.bad-record', provoke: async (port) => (await tls(port)).raw.write(NOT_A_RECORD) },
  {
    id: 'tls.bad-record',
    provoke: async (port) => (await introduced(port)).channel.tcp.write('GET / HTTP/1.1\r\n\r\n'),
  },
  { id: 'tls.bad-record', provoke: async (port) => (await tls(port, TLS_12)).raw.write(NOT_A_RECORD) },
  { id: 'tls.bad-record', provoke: async (port) => (await introduced(port)).channel.tcp.write(NOT_A_RECORD) },
  {
    id: 'tls.bad-record',
    provoke: async (port) => {
      const { channel, exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
      channel.tcp.write(NOT_A_RECORD);
    },
  },
  { id: 'probe.tls', provoke: sendsInTls('', 'and ends') },
  {
    id: 'tls.reset-after',
    // With TLS 1.2 the server has finished when the client has.
    provoke: async (port) => (await tls(port, TLS_12)).raw.resetAndDestroy(),
  },
  { id: 'preamble.timeout', start: { limits: { preambleSilenceMs: SOON_MS } }, provoke: sendsInTls('GET') },
  { id: 'preamble.timeout', start: { limits: { identityMs: A_HANDSHAKE_MS } }, provoke: sendsInTls('') },
  {
    id: 'trust.silent-client',
    start: { limits: { preambleSilenceMs: SOON_MS } },
    provoke: async (port) => tls(port, (await clientIdentity()).secureContextOptions),
  },
  { id: 'preamble.too-long', start: { limits: { preambleMaxBytes: 1000 } }, provoke: sendsInTls('A'.repeat(1001)) },
  { id: 'preamble.cut', provoke: sendsInTls('GET / HTTP', 'and ends') },
  { id: 'discovery', provoke: sendsInTls('HELLO\n\n') },
  { id: 'registration-check', provoke: sendsInTls('POST /handshake HTTP/1.1\r\n\r\n') },
  { id: 'http.page', provoke: sendsInTls('GET / HTTP/1.1\r\n\r\n') },
  { id: 'original-ping', provoke: sendsInTls('GET / HTTP/1.1\r\nHost: web01\r\nAAAA\r\n\r\n') },
  {
    id: 'refused.thumbprint',
    start: { trusted: new Set(['0'.repeat(40)]) },
    provoke: async (port) => {
      const { secure } = await tls(port, (await clientIdentity()).secureContextOptions);
      secure.write('MX\r\n\r\n');
    },
  },
  { id: 'refused.no-certificate', start: { trusted: new Set(['0'.repeat(40)]) }, provoke: sendsInTls('MX\r\n\r\n') },
  {
    id: 'identity.timeout',
    start: { limits: { identityMs: A_HANDSHAKE_MS } },
    provoke: sendsInTls('MX\r\n\r\nMX-CLI'),
  },
  { id: 'identity.closed', provoke: sendsInTls('MX\r\n\r\nMX-CLI', 'and ends') },
  { id: 'identity.malformed', provoke: sendsInTls('MX\r\n\r\nGET / HTTP/1.1\r\n\r\n', 'and ends') },
  { id: 'identity.malformed', provoke: sendsInTls('MX\r\n\r\nMX-SERVER 1.0\r\n\r\n', 'and ends') },
  { id: 'identity.subscriber', provoke: (port) => introduced(port, 'poll://abcdefghij0123456789/') },
  {
    id: 'probe.identity',
    provoke: async (port) => {
      const { channel } = await introduced(port);
      channel.close();
    },
  },
  {
    id: 'served',
    provoke: async (port) => {
      const { channel, exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
      await exchange.end(deadline);
      channel.close();
    },
  },
  {
    id: 'rpc.unconfirmed',
    provoke: async (port) => {
      const { channel, exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
      channel.close();
    },
  },
  {
    id: 'rpc.closed',
    // NEXT shows that the answer was read, and announces a request: the client changed its mind, or was cut off.
    provoke: async (port) => {
      const { channel, exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
      await exchange.takeTurn(deadline);
      channel.close();
    },
  },
  { id: 'rpc.no-call', start: { limits: { firstCallMs: SOON_MS } }, provoke: introduced },
  {
    id: 'rpc.idle',
    start: { limits: { idleMs: SOON_MS } },
    provoke: async (port) => {
      const { exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
    },
  },
  {
    id: 'rpc.timeout',
    start: { limits: { callMs: SOON_MS } },
    provoke: async (port) => {
      const { channel, deadline } = await introduced(port);
      await channel.write(HALF_A_MESSAGE, deadline);
    },
  },
  {
    id: 'rpc.transfer-limit',
    start: { transfers: new TransferLimits({ ...UNLIMITED_TRANSFERS, each: { bytes: 2 ** 40, ms: SOON_MS } }) },
    provoke: async (port) => {
      const { exchange, endpoint, deadline, channel } = await introduced(port);
      const { result } = await call(exchange, download, 2n ** 40n, endpoint, deadline);
      const pieces = readDataStream(channel.source, result, { purpose: 'the download', deadline });
      await expect(readToEnd(pieces)).rejects.toThrow();
    },
  },
  {
    id: 'rpc.no-room',
    start: { limits: { allMessagesMaxBytes: 2000 } },
    provoke: async (port) => {
      const { exchange, endpoint, deadline } = await introduced(port);
      await expect(call(exchange, echo, Buffer.alloc(2000), endpoint, deadline)).rejects.toThrow();
    },
  },
  {
    id: 'rpc.malformed-response',
    provoke: async (port) => {
      const { channel, deadline } = await introduced(port);
      await channel.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'), deadline);
    },
  },
  {
    id: 'rpc.malformed-response',
    provoke: async (port) => {
      const { channel, exchange, endpoint, deadline } = await introduced(port);
      await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
      await channel.write(Buffer.from('PROCEED\r\n'), deadline);
    },
  },
  {
    id: 'rpc.closed',
    provoke: async (port) => {
      const { channel, deadline } = await introduced(port);
      await channel.write(HALF_A_MESSAGE, deadline);
      channel.close();
    },
  },
  {
    id: 'rpc.reset',
    provoke: async (port) => {
      const { raw, secure } = await tls(port);
      secure.write('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n');
      await once(secure, 'data');
      raw.resetAndDestroy();
    },
  },
];

const notProvoked: Partial<Record<EndingId, string>> = {
  stopped: 'needs the end of the run: pong-server.test.ts',
  'page.cut': 'the page fits into the buffer of the socket, and is written as soon as its request arrives',
  other: 'is for observations without a definition',
};

describe('real connections', () => {
  test.each(provocations)('$id', async ({ id, start, provoke }) => {
    const pong = await startPong(start);
    const [record] = await Promise.all([pong.nextRecord(), provoke(pong.port)]);
    expect(record).toMatchObject({ ending: id, address: '127.0.0.1', localPort: pong.port });
    expect(pong.log.filter(({ ending }) => ending === id)).toHaveLength(1);
    await pong.stop();
  });

  test('a client cannot renegotiate', async () => {
    const pong = await startPong();
    const { secure } = await tls(pong.port, TLS_12);
    const refused = new Promise<Error | null>((resolve) => {
      secure.once('error', resolve);
      secure.renegotiate({}, resolve);
    });
    await expect(refused).resolves.toMatchObject({ code: expect.stringContaining('RENEGOTIATION') as string });
    secure.destroy();
    await pong.nextRecord();
    await pong.stop();
  });

  test('every ending is provoked, or there is a reason why not', () => {
    const covered = new Set<string>([...provocations.map(({ id }) => id), ...Object.keys(notProvoked)]);
    // A listening pong has no pollers.
    const ofPong = endings.map(({ id }) => id).filter((id) => !id.startsWith('poll.'));
    expect(ofPong.filter((id) => !covered.has(id))).toEqual([]);
  });
});
