import { once } from 'node:events';
import { type AddressInfo, createConnection, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstBytes, listen, type ListenOptions, unmapAddress } from './listen.js';
import { tcpPair, turns } from './pairs.test.support.js';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** A listener of this test, and the connections that it hands over. */
async function listening(plan: ListenOptions): Promise<{ server: Server; port: number; next: () => Promise<Socket> }> {
  const waiting: Socket[] = [];
  let wake = (): void => undefined;
  const server = await listen(plan, (socket) => {
    waiting.push(socket);
    wake();
  });
  onTestFinished(() => {
    server.close();
    for (const socket of waiting) socket.destroy();
  });
  const next = async (): Promise<Socket> => {
    const had = waiting.length;
    if (had === 0) await new Promise<void>((resolve) => (wake = resolve));
    const socket = waiting.shift();
    if (socket === undefined) throw new Error('no connection');
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  return { server, port: (server.address() as AddressInfo).port, next };
}

function connectTo(host: string, port: number): Socket {
  const socket = createConnection({ host, port });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe('listen', () => {
  it('takes IPv4 on all addresses, whose peers come with a plain address', async () => {
    const { port, next } = await listening({ port: 0 });
    connectTo('127.0.0.1', port);
    expect(unmapAddress((await next()).remoteAddress ?? '')).toBe('127.0.0.1');
  });

  it.skipIf(!hasIpv6)('takes IPv6 on the same port', async () => {
    const { port, next } = await listening({ port: 0 });
    connectTo('::1', port);
    expect((await next()).remoteAddress).toBe('::1');
  });

  it('listens at one address and no other when one is set', async () => {
    const { server, port, next } = await listening({ port: 0, bind: '127.0.0.1' });
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1');
    connectTo('127.0.0.1', port);
    expect((await next()).remoteAddress).toBe('127.0.0.1');
    const other = createConnection({ host: '127.0.0.2', port });
    await expect(once(other, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says that a port is taken', async () => {
    const { port } = await listening({ port: 0 });
    await expect(listen({ port }, () => undefined)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says that an address is not this machine’s', async () => {
    await expect(listen({ port: 0, bind: '192.0.2.1' }, () => undefined)).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });
});

describe('plainAddress', () => {
  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:c000:207', '::ffff:c000:207'],
    ['', ''],
  ])('writes %j as %j', (address, plain) => {
    expect(unmapAddress(address)).toBe(plain);
  });
});

describe('firstBytes', () => {
  it('returns the first bytes, and the rest can still be read', async () => {
    const { connector, listener } = await tcpPair();
    connector.write('first');
    expect((await firstBytes(listener))?.toString()).toBe('first');
    connector.end('rest');
    listener.resume();
    expect(String((await once(listener, 'data'))[0])).toBe('rest');
  });

  it('can be put back', async () => {
    const { connector, listener } = await tcpPair();
    connector.write('first');
    const bytes = await firstBytes(listener);
    listener.unshift(bytes);
    connector.end('rest');
    let all = '';
    for await (const piece of listener) all += String(piece);
    expect(all).toBe('firstrest');
  });

  it('returns bytes whose sender closed right after them', async () => {
    const { connector, listener } = await tcpPair();
    connector.end('all');
    await once(connector, 'finish');
    await turns(3);
    expect((await firstBytes(listener))?.toString()).toBe('all');
  });

  it('is undefined when the peer ends or resets, or this end destroys, without any', async () => {
    const ended = await tcpPair();
    ended.connector.end();
    expect(await firstBytes(ended.listener)).toBeUndefined();
    const reset = await tcpPair();
    const afterReset = firstBytes(reset.listener);
    reset.connector.resetAndDestroy();
    expect(await afterReset).toBeUndefined();
    const destroyed = await tcpPair();
    const afterDestroy = firstBytes(destroyed.listener);
    destroyed.listener.destroy();
    expect(await afterDestroy).toBeUndefined();
  });

  it('leaves no listener behind', async () => {
    const { connector, listener } = await tcpPair();
    const before = listener.eventNames().map((name) => [name, listener.listenerCount(name)]);
    connector.write('x');
    await firstBytes(listener);
    expect(listener.eventNames().map((name) => [name, listener.listenerCount(name)])).toEqual(before);
  });
});
