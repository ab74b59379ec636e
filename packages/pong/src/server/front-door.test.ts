import { once } from 'node:events';
import { clientCertificateOn, isTrustedOn, parseHttpResponse, identifyPage } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { clientHello, clientIdentity, readAll, startPong, tcp, tls } from '../testing/pong.test.support.js';

test('a browser receives a page about its own connection', async () => {
  const pong = await startPong();
  const { secure } = await tls(pong.port, {
    ...(await clientIdentity()).secureContextOptions,
    servername: 'web01.example',
  });
  secure.write('GET /?q=<script>alert(1)</script> HTTP/1.1\r\nHost: web01.example\r\n\r\n');
  const http = parseHttpResponse(await readAll(secure));
  expect(http).toMatchObject({ version: '1.0', status: 200, title: 'tentacle-pong 0.0.0-test' });
  const { thumbprint } = await clientIdentity();
  for (const fact of ['127.0.0.1', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'web01.example', thumbprint, '67 bytes']) {
    expect(http?.body).toContain(fact);
  }
  expect(http?.body).toContain('GET /?q=&lt;script&gt;alert(1)&lt;/script&gt; HTTP/1.1');
  expect(http?.body).not.toContain('<script');
  expect(await pong.nextRecord()).toMatchObject({
    ending: 'http.page',
    serverName: 'web01.example',
    clientThumbprint: thumbprint,
    tlsVersion: 'TLSv1.3',
    calls: {},
  });
  await pong.stop();
});

test('the page lists the latest connections from the same address, without what names their clients', async () => {
  const pong = await startPong();
  const identity = await clientIdentity();
  const { raw } = await tls(pong.port, { ...identity.secureContextOptions, servername: 'secret.example' });
  raw.end();
  await pong.nextRecord();
  for (let i = 0; i < 25; i++) {
    (await tcp(pong.port)).end();
    await pong.nextRecord();
  }
  const { secure } = await tls(pong.port);
  secure.write('GET / HTTP/1.1\r\n\r\n');
  const page = await readAll(secure);
  const { body = '' } = parseHttpResponse(page) ?? {};
  expect(body.match(/>probe\.tcp</g)).toHaveLength(20);
  expect(body).not.toContain('secret.example');
  expect(body).not.toContain(identity.thumbprint);
  expect(identifyPage(page).author).toBe('pong');
  expect(isTrustedOn(body)).toBe(true);
  expect(clientCertificateOn(body)).toBe(null);
  await pong.stop();
});

test('the page of a pong with trusted clients lists nothing for another one', async () => {
  const pong = await startPong({ trusted: new Set(['0'.repeat(40)]) });
  (await tcp(pong.port)).end();
  await pong.nextRecord();
  const { secure } = await tls(pong.port);
  secure.write('GET / HTTP/1.1\r\n\r\n');
  const { body = '' } = parseHttpResponse(await readAll(secure)) ?? {};
  expect(body).not.toContain('probe.tcp');
  expect(isTrustedOn(body)).toBe(false);
  await pong.stop();
});

test('the request of the original TentaclePing, with one line of 5 MB, is read completely', async () => {
  const pong = await startPong();
  const { secure } = await tls(pong.port);
  secure.write('GET / HTTP/1.1\r\nHost: web01\r\n');
  secure.write(Buffer.alloc(5 * 1024 * 1024, 'A'));
  secure.write('\r\n\r\n');
  const page = await readAll(secure);
  expect(identifyPage(page).author).toBe('legacy-pong');
  const record = await pong.nextRecord();
  expect(record).toMatchObject({ ending: 'original-ping', firstLine: 'GET / HTTP/1.1' });
  expect(record.bytesIn).toBeGreaterThan(5 * 1024 * 1024);
  await pong.stop();
});

test('discovery is answered with the page, which Octopus never reads', async () => {
  const pong = await startPong();
  const { raw, secure } = await tls(pong.port);
  secure.write('HELLO\n\n');
  await once(secure, 'data');
  raw.resetAndDestroy();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'discovery', firstLine: 'HELLO', clientThumbprint: null });
  await pong.stop();
});

// TLS 1.2: 1.3 sends tickets after the handshake, which would count as bytes.
test.each([
  ['without a certificate', false],
  ['with another one', true],
])(
  'a client %s is rejected as a Tentacle does: a bare FIN, no byte, no reset for data that still arrives',
  async (_, has) => {
    const pong = await startPong({ trusted: new Set(['0'.repeat(40)]) });
    const identity = has ? (await clientIdentity()).secureContextOptions : {};
    const { raw, secure } = await tls(pong.port, { ...identity, maxVersion: 'TLSv1.2' });
    const bytesBefore = raw.bytesRead;
    let broke = false;
    raw.on('error', () => (broke = true));
    secure.write('MX\r\n\r\n');
    secure.write('MX-CLIENT 1.0\r\n\r\n');
    secure.resume();
    await once(secure, 'close');
    expect(raw.bytesRead).toBe(bytesBefore);
    expect(broke).toBe(false);
    const { ending } = await pong.nextRecord();
    expect(ending).toBe(has ? 'refused.thumbprint' : 'refused.no-certificate');
    const warning = pong.log.find((line) => line.ending === ending)?.msg;
    if (has) expect(warning).toContain(`--trust ${(await clientIdentity()).thumbprint}`);
    await pong.stop();
  },
);

test('a trusted client is answered; the page is sent to any client', async () => {
  const { thumbprint, secureContextOptions } = await clientIdentity();
  const pong = await startPong({ trusted: new Set([thumbprint]) });
  const { secure } = await tls(pong.port, secureContextOptions);
  secure.write('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n');
  const [answer] = (await once(secure, 'data')) as [Buffer];
  expect(answer.toString()).toBe('MX-SERVER 1.0\r\n\r\n');
  secure.end('END\r\n');
  expect(await pong.nextRecord()).toMatchObject({ clientThumbprint: thumbprint });
  const other = await tls(pong.port);
  other.secure.write('GET / HTTP/1.1\r\n\r\n');
  const page = await readAll(other.secure);
  expect(identifyPage(page).author).toBe('pong');
  // Nothing but what the client itself presented.
  for (const fact of ['0.0.0', '127.0.0.1', 'TLSv1', 'GET /', thumbprint]) expect(page.toString()).not.toContain(fact);
  expect(clientCertificateOn(page.toString())).toBeNull();
  await pong.stop();
});

test('a client that offers to resume a session gets a new one, and presents its certificate again', async () => {
  const { thumbprint, secureContextOptions } = await clientIdentity();
  const pong = await startPong();
  const first = await tls(pong.port, secureContextOptions);
  const [session] = (await once(first.secure, 'session')) as [Buffer];
  first.secure.end();
  const second = await tls(pong.port, { ...secureContextOptions, session });
  expect(second.secure.isSessionReused()).toBe(false);
  second.secure.end();
  for (let i = 0; i < 2; i++)
    expect(await pong.nextRecord()).toMatchObject({ ending: 'probe.tls', clientThumbprint: thumbprint });
  await pong.stop();
});

test.each(['whole', 'byte by byte'])('identity and preamble arrive %s', async (how) => {
  const pong = await startPong();
  const { secure } = await tls(pong.port);
  secure.setNoDelay(true);
  const bytes = Buffer.from('MX\n\nMX-CLIENT 1.0\r\n\r\n');
  const pieces = how === 'whole' ? [bytes] : [...bytes].map((byte) => Buffer.of(byte));
  for (const piece of pieces) await new Promise<void>((resolve) => secure.write(piece, () => resolve()));
  await once(secure, 'data');
  secure.end();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'probe.identity' });
  await pong.stop();
});

test('a handshake may start with a single byte', async () => {
  const pong = await startPong();
  const hello = await clientHello();
  const socket = await tcp(pong.port);
  socket.setNoDelay(true);
  await new Promise<void>((resolve) => socket.write(hello.subarray(0, 1), () => resolve()));
  socket.write(hello.subarray(1));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  // A TLS record that holds a handshake.
  expect(answer[0]).toBe(22);
  socket.end();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'tls.closed' });
  await pong.stop();
});
