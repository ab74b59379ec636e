import { once } from 'node:events';
import { connect, type ConnectionOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Deadline } from '../time/clock.js';
import { thumbprintOf } from '../identity/thumbprint.js';
import { type ConnectorOptions, handshakeAsConnector, handshakeAsListener } from './tls.js';
import { firstBytes } from './listen.js';
import { tcpPair, testContext, testIdentity, turns } from './pairs.test.support.js';

const never = new AbortController().signal;
const soon = () => Deadline.inMs(20_000);

/** The options of a listener's handshake. */
async function listenerOptions(
  firstBytes: Buffer = Buffer.alloc(0),
  limits: { deadline?: Deadline; signal?: AbortSignal } = {},
) {
  const secureContext = await testContext('Octopus Tentacle');
  return { secureContext, firstBytes, deadline: limits.deadline ?? soon(), signal: limits.signal ?? never };
}

/** Returns a listener's handshake with a client of Node's, which has these options. */
async function handshakeWithClient(options: ConnectionOptions) {
  const { connector, listener } = await tcpPair();
  const client = connect({ socket: connector, rejectUnauthorized: false, ...options });
  client.on('error', () => undefined);
  onTestFinished(() => void client.destroy());
  const first = (await firstBytes(listener)) ?? Buffer.alloc(0);
  return handshakeAsListener(listener, await listenerOptions(first));
}

/** Returns a listener's handshake with a peer that sends these bytes. */
async function handshakeAfter(bytes: Uint8Array | string, end: boolean, deadline = soon()): Promise<unknown> {
  const options = await listenerOptions(Buffer.alloc(0), { deadline });
  const { connector, listener } = await tcpPair();
  if (end) {
    connector.end(bytes);
    await once(connector, 'finish');
    await turns(3);
  } else connector.write(bytes);
  // Nothing may be awaited between these two, or the end of the stream is taken meanwhile.
  const first = (await firstBytes(listener)) ?? Buffer.alloc(0);
  const handshake = handshakeAsListener(listener, { ...options, firstBytes: first });
  return handshake.catch((error: unknown) => error);
}

/** The head of a ClientHello without the rest. */
const HALF_HELLO = Buffer.from('16030100c8010000c40303', 'hex');

describe('a listener', () => {
  it('reads version, suite, name and certificate of a client', async () => {
    const identity = await testIdentity('Octopus Server');
    const { session } = await handshakeWithClient({ ...identity.secureContextOptions, servername: 'tentacle.example' });
    expect(session).toMatchObject({ version: 'TLSv1.3', serverName: 'tentacle.example' });
    expect(session.cipher).toMatch(/^TLS_AES_/);
    expect(thumbprintOf(session.peerCertificate ?? Buffer.alloc(0))).toBe(identity.thumbprint);
  });

  it('accepts a client without a certificate, and TLS 1.2', async () => {
    const { session } = await handshakeWithClient({ maxVersion: 'TLSv1.2' });
    expect(session.version).toBe('TLSv1.2');
    expect(session).not.toHaveProperty('peerCertificate');
    expect(session).not.toHaveProperty('serverName');
  });

  it.each([
    ['a plain HTTP request', 'GET / HTTP/1.1\r\n\r\n', 'ERR_SSL_HTTP_REQUEST'],
    ['a CONNECT', 'CONNECT tentacle.example:10933 HTTP/1.0\r\n\r\n', 'ERR_SSL_HTTPS_PROXY_REQUEST'],
    ['an SSH client', 'SSH-2.0-OpenSSH_9.2p1\r\n', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ['zeros', Buffer.alloc(100), 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ])('reports the bytes that it received: %s', async (_, bytes, code) => {
    expect(await handshakeAfter(bytes, false)).toMatchObject({
      name: 'HandshakeError',
      code,
      firstBytes: Buffer.from(bytes),
      receivedBytes: bytes.length,
    });
  });

  it('reports that the client left in the middle', async () => {
    const { connector, listener } = await tcpPair();
    connector.write(HALF_HELLO);
    const first = (await firstBytes(listener)) ?? Buffer.alloc(0);
    const handshake = handshakeAsListener(listener, await listenerOptions(first));
    connector.end();
    await expect(handshake).rejects.toMatchObject({ code: 'TLS_CLOSED', firstBytes: HALF_HELLO });
  });

  it.each([
    ['a half hello', HALF_HELLO, 'TLS_CLOSED'],
    ['a plain HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'ERR_SSL_HTTP_REQUEST'],
  ])('reports the bytes of a client that had left before the handshake began: %s', async (_, bytes, code) => {
    expect(await handshakeAfter(bytes, true)).toMatchObject({ code, firstBytes: bytes });
  });

  it('reports that the client reset', async () => {
    const { connector, listener } = await tcpPair();
    connector.write(HALF_HELLO);
    const first = (await firstBytes(listener)) ?? Buffer.alloc(0);
    const handshake = handshakeAsListener(listener, await listenerOptions(first));
    connector.resetAndDestroy();
    await expect(handshake).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
  });

  it('times out at the deadline', async () => {
    expect(await handshakeAfter(HALF_HELLO, false, Deadline.inMs(50))).toMatchObject({
      code: 'TLS_TIMEOUT',
      firstBytes: HALF_HELLO,
      receivedBytes: HALF_HELLO.length,
    });
  });

  it('stops with a signal, and releases the connection', async () => {
    const { connector, listener } = await tcpPair();
    const controller = new AbortController();
    const options = await listenerOptions(Buffer.alloc(0), { signal: controller.signal });
    const handshake = handshakeAsListener(listener, options);
    controller.abort();
    await expect(handshake).rejects.toMatchObject({ name: 'TransportError', code: 'CANCELLED' });
    connector.resume();
    if (!connector.readableEnded) await once(connector, 'end');
    expect(listener.destroyed).toBe(true);
  });
});

describe('a connector', () => {
  async function both(more: Partial<ConnectorOptions>) {
    const { connector, listener } = await tcpPair();
    const identity = await testIdentity('Octopus Server');
    const [client, server] = await Promise.all([
      handshakeAsConnector(connector, {
        secureContext: await testContext('Octopus Server'),
        serverName: 'tentacle.example',
        captureFirstBytes: false,
        deadline: soon(),
        signal: never,
        ...more,
      }),
      handshakeAsListener(listener, await listenerOptions()),
    ]);
    return { client, server, identity };
  }

  it.each([true, false])(
    'negotiates the same as the listener (first bytes captured: %s), and shows its certificate',
    async (captureFirstBytes) => {
      const { client, server } = await both({ captureFirstBytes });
      expect(client.session).toMatchObject({ version: server.session.version, cipher: server.session.cipher });
      expect(client.session.peerCertificate).toBeInstanceOf(Buffer);
      expect(server.session.peerCertificate).toBeInstanceOf(Buffer);
      expect(server.session.serverName).toBe('tentacle.example');
    },
  );

  it.each(['127.0.0.1', '::1'])('requests no name for an address: %s', async (serverName) => {
    const { server } = await both({ serverName });
    expect(server.session).not.toHaveProperty('serverName');
  });
});
