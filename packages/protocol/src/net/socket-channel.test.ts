import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { pattern, readAll, standStill, tlsPair, turns } from './pairs.test.support.js';
import { socketChannel } from './socket-channel.js';

const soon = () => Deadline.inMs(20_000);
const ask = () => ({ purpose: 'a byte', deadline: soon() });
const CANCELLED = { name: 'TransportError', code: 'CANCELLED' };
const CLOSED = { name: 'TransportError', code: 'CONNECTION_CLOSED' };

describe('a socket channel', () => {
  it('reads the bytes that arrive, and the end', async () => {
    const { connector, listener } = await tlsPair();
    const { source } = socketChannel(connector);
    listener.end('hello');
    expect((await source.readExactly(5, ask())).toString()).toBe('hello');
    expect(await source.readSome(ask(), 1)).toBeUndefined();
  });

  it('does not time out on bytes that arrived while this process was blocked', async () => {
    const { connector, listener } = await tlsPair();
    const { source } = socketChannel(connector);
    const word = source.readExactly(5, { purpose: 'a word', deadline: Deadline.inMs(50) });
    listener.write('hello');
    standStill(200);
    expect((await word).toString()).toBe('hello');
  });

  it('applies backpressure while no bytes are read, and loses none', async () => {
    const { connector, listener } = await tlsPair();
    const { source } = socketChannel(connector);
    const sent = pattern(20_000_000);
    listener.end(sent);
    await source.waitForBytes(ask());
    await turns(300);
    expect(source.receivedBytes).toBeLessThan(1_000_000);
    expect((await source.readExactly(sent.length, ask())).equals(sent)).toBe(true);
    expect(await source.readSome(ask(), 1)).toBeUndefined();
  });

  it('returns what arrived before a reset, and then the reset', async () => {
    const { connector, listener, tcp } = await tlsPair();
    const { source } = socketChannel(connector);
    listener.write('half');
    await source.waitForBytes(ask());
    tcp.listener.resetAndDestroy();
    await expect(source.readExactly(5, ask())).rejects.toMatchObject({
      code: 'ECONNRESET',
      syscall: 'read',
      received: Buffer.from('half'),
    });
  });

  it('reports an end, not a loss, when the peer closes and nothing is read until the connection is gone', async () => {
    const { connector, listener } = await tlsPair();
    const { source } = socketChannel(connector);
    listener.end('half');
    await once(connector, 'close');
    await expect(source.readExactly(5, ask())).rejects.toMatchObject({ code: 'END_OF_STREAM', receivedBytes: 4 });
  });

  it('of a connection that is gone already says so', async () => {
    const { connector } = await tlsPair();
    connector.destroy();
    await once(connector, 'close');
    const channel = socketChannel(connector);
    await expect(channel.source.readSome(ask(), 1)).rejects.toMatchObject(CLOSED);
    await expect(channel.write(Buffer.from('x'), soon())).rejects.toMatchObject(CLOSED);
  });

  it('sends what is written at the same time in records of their own, in order', async () => {
    const { connector, listener } = await tlsPair();
    const channel = socketChannel(connector);
    const records: string[] = [];
    listener.on('data', (chunk: Buffer) => records.push(chunk.toString()));
    await Promise.all(['one', 'two', 'three'].map(async (text) => channel.write(Buffer.from(text), soon())));
    channel.close();
    await once(listener, 'end');
    expect(records).toEqual(['one', 'two', 'three']);
  });

  it('times out on a write that the peer does not read', async () => {
    const { connector, tcp } = await tlsPair();
    tcp.listener.pause();
    const channel = socketChannel(connector);
    const error: unknown = await channel
      .write(Buffer.alloc(50_000_000), Deadline.inMs(50))
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'WireError', code: 'WRITE_TIMEOUT' });
  });

  describe('when it is closed', () => {
    it('sends what was written first, and drops what still arrives', async () => {
      const { connector, listener } = await tlsPair();
      const channel = socketChannel(connector);
      const sent = pattern(300_000);
      const written = channel.write(sent, soon());
      channel.close();
      listener.write('too late');
      expect((await readAll(listener)).equals(sent)).toBe(true);
      await written;
      await expect(channel.write(Buffer.from('x'), soon())).rejects.toMatchObject(CLOSED);
    });

    it('is cut after a second when the peer does not close too', async () => {
      const { connector, listener, tcp } = await tlsPair({ allowHalfOpen: true });
      const channel = socketChannel(connector);
      listener.resume();
      tcp.connector.allowHalfOpen = true;
      channel.close();
      await once(connector, 'close');
      expect(connector.destroyed).toBe(true);
    });

    it('leaves no timer behind when the connection was gone already', async () => {
      const { connector } = await tlsPair();
      const channel = socketChannel(connector);
      connector.destroy();
      await once(connector, 'close');
      const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const before = timers();
      channel.close();
      channel.close();
      expect(timers()).toBe(before);
    });

    it('can be closed twice', async () => {
      const { connector, listener } = await tlsPair();
      const channel = socketChannel(connector);
      channel.close();
      channel.close();
      await readAll(listener);
      if (!connector.destroyed) await once(connector, 'close');
    });
  });

  describe('when it is cancelled', () => {
    it('ends a read that waits, and every later read and write', async () => {
      const { connector, listener } = await tlsPair();
      const channel = socketChannel(connector);
      const read = channel.source.readSome(ask(), 1);
      channel.cancel();
      await expect(read).rejects.toMatchObject(CANCELLED);
      await expect(channel.source.readSome(ask(), 1)).rejects.toMatchObject(CANCELLED);
      await expect(channel.write(Buffer.from('x'), soon())).rejects.toMatchObject(CANCELLED);
      await readAll(listener).catch(() => undefined);
      expect(listener.destroyed).toBe(true);
    });

    it('ends a read inside something as it is', async () => {
      const { connector, listener } = await tlsPair();
      const channel = socketChannel(connector);
      listener.write('half');
      const read = channel.source.readExactly(5, ask());
      await channel.source.waitForBytes(ask()).catch(() => undefined);
      await turns(3);
      channel.cancel();
      await expect(read).rejects.toMatchObject(CANCELLED);
    });

    it('ends a write that waits', async () => {
      const { connector, tcp } = await tlsPair();
      tcp.listener.pause();
      const channel = socketChannel(connector);
      const write = channel.write(Buffer.alloc(50_000_000), soon());
      const next = channel.write(Buffer.from('x'), soon());
      await turns(3);
      channel.cancel();
      await expect(write).rejects.toMatchObject(CANCELLED);
      await expect(next).rejects.toMatchObject(CANCELLED);
    });
  });
});
