import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { connectorContext } from './connector-context.js';

/** Returns the first TLS record of a client with this context: its ClientHello. */
async function clientHello(secureContext: ReturnType<typeof connectorContext>): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, secureContext });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [import('node:net').Socket];
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt16BE(3)) break;
  }
  client.destroy();
  server.close();
  return Buffer.concat(chunks);
}

/** The numbers in the extension supported_groups (10): RFC 8446, 4.2.7. */
function groupsOf(hello: Buffer): number[] {
  // Record header 5, handshake header 4, version 2, random 32; then session id, suites and compression, each with its length.
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  const end = at + 2 + hello.readUInt16BE(at);
  for (at += 2; at < end; at += 4 + hello.readUInt16BE(at + 2)) {
    if (hello.readUInt16BE(at) !== 10) continue;
    const count = hello.readUInt16BE(at + 4) / 2;
    return Array.from({ length: count }, (_, i) => hello.readUInt16BE(at + 6 + 2 * i));
  }
  return [];
}

it('offers the groups of Octopus in one packet', async () => {
  const hello = await clientHello(connectorContext());
  expect(groupsOf(hello)).toEqual([0x1d, 0x17, 0x1e, 0x19, 0x18]);
  expect(hello.length).toBeLessThan(1000);
});

it('offers the groups that were chosen in their place', async () => {
  expect(groupsOf(await clientHello(connectorContext({ ecdhCurve: 'P-384' })))).toEqual([0x18]);
});

it('reports options that no context accepts', () => {
  expect(() => connectorContext({ key: 'no key' })).toThrow();
});
