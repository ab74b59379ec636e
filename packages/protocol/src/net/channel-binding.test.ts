import { once } from 'node:events';
import { connect, type ConnectionOptions, createSecureContext, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { tcpPair, testIdentity } from './pairs.test.support.js';
import { exportChannelBinding } from './channel-binding.js';
import { socketChannel } from './socket-channel.js';
import { captureFirstBytes } from './first-bytes-capture.js';

/** OpenSSL's SSL_OP_NO_EXTENDED_MASTER_SECRET, for which Node has no name. */
const NO_EXTENDED_MASTER_SECRET = 1;
const OLD = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

async function session(options: ConnectionOptions, captures = false) {
  const { secureContextOptions } = await testIdentity('tentacle-pong');
  const tcp = await tcpPair();
  const secureContext = createSecureContext({ ...secureContextOptions, ...OLD });
  const listener = new TLSSocket(tcp.listener, { isServer: true, secureContext });
  const socket = captures ? captureFirstBytes(tcp.connector).stream : tcp.connector;
  const connector = connect({ socket, rejectUnauthorized: false, ...options });
  for (const end of [connector, listener]) end.on('error', () => undefined);
  await Promise.all([once(connector, 'secureConnect'), once(listener, 'secure')]);
  return { connector, listener };
}

describe.each<[string, ConnectionOptions, boolean]>([
  ['TLSv1.3', {}, true],
  ['TLSv1.2', { maxVersion: 'TLSv1.2' }, true],
  ['TLSv1.1', { ...OLD, maxVersion: 'TLSv1.1' }, true],
  ['TLSv1', { ...OLD, maxVersion: 'TLSv1' }, true],
  ['TLSv1.2', { maxVersion: 'TLSv1.2', secureOptions: NO_EXTENDED_MASTER_SECRET }, false],
  ['TLSv1', { ...OLD, maxVersion: 'TLSv1', secureOptions: NO_EXTENDED_MASTER_SECRET }, false],
])('a session of %s, %o', (version, options, isBound) => {
  it(`is the same at both ends, and ${isBound ? '' : 'not '}bound to the handshake`, async () => {
    const { connector, listener } = await session(options);
    expect(connector.getProtocol()).toBe(version);
    const context = Buffer.alloc(32, 7);
    const [here, there] = [exportChannelBinding(connector, context), exportChannelBinding(listener, context)];
    expect(here.keyingMaterial).toHaveLength(32);
    expect(here).toEqual(there);
    expect(here.handshakeBound).toBe(isBound);
  });
});

it('differs for another context, and in another session', async () => {
  const [one, other] = [await session({}), await session({})];
  const nonces = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
  const all = [one, other].flatMap(({ connector }) =>
    nonces.map((nonce) => exportChannelBinding(connector, nonce).keyingMaterial.toString('hex')),
  );
  expect(new Set(all).size).toBe(4);
});

it('is had over a tap, and by a channel until that is closed', async () => {
  const { connector, listener } = await session({}, true);
  const [here, there] = [socketChannel(connector), socketChannel(listener)];
  const nonce = Buffer.alloc(32);
  expect(here.exportChannelBinding(nonce)).toEqual(there.exportChannelBinding(nonce));
  here.cancel();
  expect(() => here.exportChannelBinding(nonce)).toThrow(
    expect.objectContaining({ code: 'CONNECTION_CLOSED' }) as Error,
  );
});
