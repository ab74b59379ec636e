import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { call } from 'tentacle-protocol';
import { echo } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { introduced, startPong, tcp, tls } from '../testing/pong.test.support.js';

test('the end of the run cuts every connection in any phase, and accounts for it', async () => {
  const pong = await startPong();
  const held = [await tcp(pong.port), (await tls(pong.port)).secure];
  const client = await introduced(pong.port);
  await pong.stop();
  const endings = [await pong.nextRecord(), await pong.nextRecord(), await pong.nextRecord()].map(
    ({ ending }) => ending,
  );
  expect(endings).toEqual(['stopped', 'stopped', 'stopped']);
  expect(pong.tally.total).toBe(3);
  client.channel.close();
  for (const socket of held) socket.destroy();
});

test('connections above the limit are closed at once, each counted and logged', async () => {
  const pong = await startPong({ limits: { connectionsMax: 2 } });
  const held = [await tls(pong.port), await tls(pong.port)];
  for (let i = 0; i < 3; i++) {
    const rejected = await tcp(pong.port);
    rejected.resume();
    await once(rejected, 'close');
    expect(await pong.nextRecord()).toMatchObject({ ending: 'too-many-connections', bytesOut: 0 });
  }
  expect(pong.tally).toMatchObject({ total: 5, open: 2, peak: 2 });
  expect(pong.tally.endings).toEqual({ 'too-many-connections': 3 });
  // 40: a warning in pino's numbers.
  expect(pong.log.filter(({ level, ending }) => level === 40 && ending === 'too-many-connections')).toHaveLength(3);

  for (const { secure } of held) secure.end();
  expect([await pong.nextRecord(), await pong.nextRecord()]).toMatchObject([
    { ending: 'probe.tls' },
    { ending: 'probe.tls' },
  ]);
  await pong.stop();
});

test('large requests share a memory limit: one too many is rejected, small ones never are, and memory is released', async () => {
  const pong = await startPong({ limits: { allMessagesMaxBytes: 100_000 } });
  const large = Buffer.alloc(80_000, 'x');
  const first = await introduced(pong.port);
  const [holder, second, third] = [
    await introduced(pong.port),
    await introduced(pong.port),
    await introduced(pong.port),
  ];
  // A large request without its end. Pong has read it when it answers another one that was sent later.
  const incomplete = deflateRawSync(randomBytes(80_000)).subarray(0, -1);
  await holder.channel.write(incomplete, holder.deadline);
  const small = async (): Promise<void> => {
    const { result } = await call(first.exchange, echo, Buffer.from('hello'), first.endpoint, first.deadline);
    expect(result.toString()).toBe('hello');
    await first.exchange.takeTurn(first.deadline);
  };
  await small();
  await expect(call(second.exchange, echo, large, second.endpoint, second.deadline)).rejects.toThrow();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'rpc.no-room' });
  await small();
  holder.channel.close();
  expect(await pong.nextRecord()).toMatchObject({ ending: 'rpc.closed' });
  expect((await call(third.exchange, echo, large, third.endpoint, third.deadline)).result.equals(large)).toBe(true);
  for (const { channel } of [first, second, third]) channel.close();
  await pong.stop();
});

test('a hundred connections at once are all accounted for', async () => {
  const pong = await startPong();
  await Promise.all(Array.from({ length: 100 }, async () => (await tcp(pong.port)).end('hello')));
  for (let i = 0; i < 100; i++) expect(await pong.nextRecord()).toMatchObject({ ending: 'not-tls.other' });
  await pong.stop();
  expect(pong.tally.endings).toEqual({ 'not-tls.other': 100 });
  expect(pong.tally.open).toBe(0);
});

test('an internal error is logged in one line, its stack at debug only', async () => {
  const trusted = Object.defineProperty(new Set<string>(), 'size', {
    get: () => {
      throw new TypeError('this is broken on purpose');
    },
  });
  const pong = await startPong({ trusted });
  const { secure } = await tls(pong.port);
  secure.write('MX\r\n\r\n');
  expect(await pong.nextRecord()).toMatchObject({ ending: 'internal.bug', code: 'OWN_BUG' });
  const [line, stack] = pong.log;
  expect(line).toMatchObject({ level: 50, ending: 'internal.bug' });
  expect(line?.msg).toContain('this is broken on purpose');
  expect(stack).toMatchObject({ level: 20, err: { stack: expect.stringContaining('pong-server.test.ts') as string } });
  await pong.stop();
});
