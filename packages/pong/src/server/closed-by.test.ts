import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { call } from 'tentacle-protocol';
import { echo } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { clientHello, introduced, startPong, tcp, tls } from '../testing/pong.test.support.js';

const request = 'GET / HTTP/1.1\r\nHost: web01\r\n\r\n';

/** How far the connection gets, and what the client then does. */
const cases: readonly [string, string, (raw: Socket, secure?: TLSSocket) => unknown, object][] = [
  ['tcp', 'a FIN before a byte', (raw) => raw.end(), { ending: 'probe.tcp', closedBy: 'remote' }],
  ['tcp', 'a reset before a byte', (raw) => raw.resetAndDestroy(), { ending: 'probe.tcp', closedBy: 'remote-reset' }],
  ['hello', 'a FIN in the handshake', (raw) => raw.end(), { ending: 'tls.closed', closedBy: 'remote' }],
  ['hello', 'a reset', (raw) => raw.resetAndDestroy(), { ending: 'tls.reset', closedBy: 'remote-reset' }],
  ['tcp', 'data without TLS', (raw) => raw.write(request), { ending: 'not-tls.http', closedBy: 'local' }],
  ['tls', 'close_notify', (_raw, secure) => secure?.end(), { ending: 'probe.tls', closedBy: 'remote' }],
  ['tls', 'a FIN without close_notify', (raw) => raw.end(), { ending: 'probe.tls', closedBy: 'remote' }],
  ['tls', 'a reset', (raw) => raw.resetAndDestroy(), { ending: 'tls.reset-after', closedBy: 'remote-reset' }],
  [
    'tls',
    'a request, then waiting',
    (_raw, secure) => secure?.write(request),
    { ending: 'http.page', closedBy: 'local' },
  ],
];

test.each(cases)('which side closed first, after %s: %s', async (upTo, _what, act, expected) => {
  const pong = await startPong();
  if (upTo === 'tls') {
    // In TLS 1.3 the client completes the handshake before the server does.
    const { raw, secure } = await tls(pong.port, { maxVersion: 'TLSv1.2' });
    secure.resume();
    act(raw, secure);
  } else {
    const raw = await tcp(pong.port);
    raw.resume();
    if (upTo === 'hello') {
      // Complete, so that the answer to it proves that it arrived.
      raw.write(await clientHello());
      await once(raw, 'data');
    }
    act(raw);
  }
  expect(await pong.nextRecord()).toMatchObject(expected);
  await pong.stop();
});

test('a half that is closed first decides, whatever happens later', async () => {
  const pong = await startPong();
  const { raw, secure } = await tls(pong.port);
  secure.resume();
  secure.end('GET / HTTP/1.1\r\n');
  // It still reads, but its request will never be complete.
  expect(await pong.nextRecord()).toMatchObject({ ending: 'preamble.cut', closedBy: 'remote' });
  raw.destroy();
  await pong.stop();
});

test('silence that pong ends', async () => {
  const pong = await startPong({ limits: { handshakeMs: 50 } });
  const silent = await tcp(pong.port);
  silent.resume();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'tls.silent', closedBy: 'local' });
  await pong.stop();
});

test('a fatal alert from the peer', async () => {
  const pong = await startPong();
  const alerting = await tcp(pong.port);
  alerting.resume();
  // A fatal alert (21) in TLS 1.2: 48, unknown authority.
  alerting.write(await clientHello({ maxVersion: 'TLSv1.2' }));
  await once(alerting, 'data');
  alerting.write(Buffer.of(21, 3, 3, 0, 2, 2, 48));
  expect(await pong.nextRecord()).toMatchObject({ ending: 'tls.refused-our-certificate', closedBy: 'remote' });
  alerting.destroy();
  await pong.stop();
});

test('a rejection and a stop count as closed by pong', async () => {
  const pong = await startPong({ trusted: new Set(['A'.repeat(40)]) });
  const { secure } = await tls(pong.port);
  secure.resume();
  secure.write('MX-CLIENT 1.0\r\n\r\n');
  expect(await pong.nextRecord()).toMatchObject({ ending: 'refused.no-certificate', closedBy: 'local' });
  const held = await tls(pong.port);
  await pong.stop();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'stopped', closedBy: 'local' });
  held.secure.destroy();
});

test('a client that closes between two calls', async () => {
  const pong = await startPong();
  const { channel, exchange, endpoint, deadline } = await introduced(pong.port);
  await call(exchange, echo, Buffer.from('x'), endpoint, deadline);
  channel.close();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'rpc.unconfirmed', closedBy: 'remote' });
  await pong.stop();
});
