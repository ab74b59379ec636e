import { createConnection, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeFailure, failureDefinition } from '../../packages/protocol/src/diagnostics/index.js';
import { greeter, tcpPeer } from '../peers/tcp-peer.js';
import { healthyPeer } from '../peers/service-peer.js';
import { changing, tlsRelay } from '../peers/tls-relay.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { itWith, namespaces } from '../real-components.js';
import { attempt, type Outcome } from './attempt.js';
import { connectWhere } from './namespace.js';

/** The id and the kind of the diagnosis of an attempt that failed. */
function diagnosed({ observation, failure }: Outcome): [string, string] {
  if (observation === undefined || failure === undefined) return ['ok', ''];
  return [failure.id, describeFailure(failure.id, observation).diagnosis.kind];
}

/** Starts a proxy that answers CONNECT with this head, and then forwards to a port of this machine. */
async function proxyWith(head: string, to: number) {
  const proxy: Server = createServer((client) => {
    client.once('data', () => {
      client.write(head);
      const target = createConnection(to, '127.0.0.1');
      target.on('error', () => void client.destroy());
      client.on('error', () => void target.destroy());
      client.pipe(target).pipe(client);
    });
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  return { host: '127.0.0.1', port: (proxy.address() as { port: number }).port };
}

const PAGE_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n';

/** What looks like the case of a certain diagnosis, and is another one: the diagnosis names several causes. */
describe('the nearest case to a certain diagnosis', () => {
  it.each([
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2p1\r\n', 'conclusive'],
    ['a web server, or a portal in its place', 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n', 'ambiguous'],
    ['bytes of no known protocol, as a damaged TLS record has', '\x36\x03\x03\x00\x7a', 'ambiguous'],
  ])('%s instead of TLS', async (_, bytes, kind) => {
    const { port } = await greeter(Buffer.from(bytes, 'latin1'));
    expect(diagnosed(await attempt(port))).toEqual(['tls.not-tls', kind]);
  });

  it('a service that returns what it receives', async () => {
    const { port } = await tlsPeer((socket) => void socket.pipe(socket));
    expect(diagnosed(await attempt(port))).toEqual(['identity.unknown', 'ambiguous']);
  });

  it('a listener that answers with the identity of a client', async () => {
    const { port } = await tlsPeer((socket) => void socket.end('MX-CLIENT 1.0\r\n\r\n'));
    expect(diagnosed(await attempt(port))).toEqual(['identity.unexpected-role', 'ambiguous']);
  });

  it.each([
    ['a mail server', '* OK IMAP4 ready\r\n', 'conclusive'],
    ['unknown bytes', '\x01\x02\r\n\r\n', 'ambiguous'],
  ])('%s behind TLS', async (_, bytes, kind) => {
    const { port } = await tlsPeer((socket) => void socket.end(Buffer.from(bytes, 'latin1')));
    expect(diagnosed(await attempt(port))).toEqual(['identity.unknown', kind]);
  });

  it('a Tentacle of which a device changes the identity', async () => {
    const { port } = await tlsRelay((await healthyPeer()).port, changing('listener', 3));
    expect(diagnosed(await attempt(port))).toEqual(['identity.unknown', 'ambiguous']);
  });

  it('a proxy that opens a tunnel with the headers of a page, to a target that closes', async () => {
    const target = await tcpPeer((socket) => void socket.end());
    const proxy = await proxyWith(PAGE_HEAD, target.port);
    expect(diagnosed(await attempt(10933, { proxy }))).toEqual(['proxy.no-tunnel', 'ambiguous']);
    const page = await greeter('<html><title>Please log in</title></html>');
    expect(diagnosed(await attempt(10933, { proxy: await proxyWith(PAGE_HEAD, page.port) }))).toEqual([
      'proxy.no-tunnel',
      'conclusive',
    ]);
  });

  itWith(namespaces(), 'a route that prohibits the destination, where no firewall has a rule', async () => {
    const failure = await connectWhere('ip route add prohibit 192.0.2.0/24');
    expect(failure.id).toBe('local.blocked');
    expect(describeFailure('local.blocked', failureDefinition('local.blocked').example).diagnosis.kind).toBe(
      'ambiguous',
    );
  });

  it('a resolver that does not respond, for which Windows reports that the name does not exist', () => {
    const { example } = failureDefinition('proxy.not-found');
    const kindAfter = (elapsedUs: number): string =>
      describeFailure('proxy.not-found', { ...example, signature: { ...example.signature, elapsedUs } }).diagnosis.kind;
    expect([kindAfter(20_000), kindAfter(11_000_000)]).toEqual(['conclusive', 'ambiguous']);
  });
});
