import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Deadline } from './clock.js';
import { connectTcp } from '../net/tcp.js';
import { standStill, tcpPair } from '../net/pairs.test.support.js';
import { readUntil } from '../net/read-until.js';
import { afterDeadline } from './after-deadline.js';

const never = new AbortController().signal;

describe('afterDeadline', () => {
  it('calls back when the deadline has passed, and not after a cancellation', async () => {
    const isLate = vi.fn();
    const callOff = afterDeadline(Deadline.inMs(20), isLate);
    await new Promise<void>((resolve) => void afterDeadline(Deadline.inMs(40), resolve));
    expect(isLate).toHaveBeenCalledTimes(1);
    callOff();
    const other = vi.fn();
    afterDeadline(Deadline.inMs(20), other)();
    await new Promise<void>((resolve) => void afterDeadline(Deadline.inMs(40), resolve));
    expect(other).not.toHaveBeenCalled();
  });

  it('does not call back if data arrived while this process was blocked past the deadline', async () => {
    const { connector, listener } = await tcpPair();
    const read = readUntil(connector, Deadline.inMs(50), never, (bytes) => bytes.length === 5);
    listener.write('hello');
    standStill(200);
    expect(await read).toEqual({ bytes: Buffer.from('hello'), ending: 'enough' });
  });

  it('does not call back if a connection was established meanwhile', async () => {
    const server = createServer((socket) => socket.destroy());
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const connected = connectTcp({
      address: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      deadline: Deadline.inMs(50),
      signal: never,
    });
    // Asked for by now: Node does that after what is under way.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    standStill(200);
    (await connected).socket.destroy();
  });
});
