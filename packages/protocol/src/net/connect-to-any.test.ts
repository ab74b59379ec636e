import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Deadline } from '../time/clock.js';
import { ConnectionTrace } from '../trace.js';
import { observe } from '../diagnostics/observe.js';
import { connectToAnyAddress } from './connect-to-any.js';

/** Connects to these addresses, of which only 127.0.0.1 has a listener, or none. */
async function connected(addresses: readonly string[], hasListener = true) {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (!hasListener) await once(server.close(), 'close');
  else onTestFinished(() => void server.close());
  const trace = new ConnectionTrace({ host: 'two.example', port, timeoutUs: 5_000_000 });
  const signal = new AbortController().signal;
  try {
    const socket = await connectToAnyAddress({ addresses, port, deadline: Deadline.inMs(5000), signal }, trace);
    const { remoteAddress } = socket;
    socket.destroy();
    return { remoteAddress, trace };
  } catch (error) {
    return { observation: observe(error, trace), trace };
  }
}

describe('a name with several addresses', () => {
  it('is connected at the first one that accepts; the others are not tried', async () => {
    const { remoteAddress, trace } = await connected(['127.0.0.1', '127.0.0.2']);
    expect(remoteAddress).toBe('127.0.0.1');
    expect(trace.facts.address).toBe('127.0.0.1');
    expect(trace.facts.failedAddresses).toBeUndefined();
  });

  it('is connected at the next one after one that refuses, as the real library does', async () => {
    const { remoteAddress, trace } = await connected(['127.0.0.2', '127.0.0.1']);
    expect(remoteAddress).toBe('127.0.0.1');
    expect(trace.facts).toMatchObject({
      address: '127.0.0.1',
      failedAddresses: [{ address: '127.0.0.2', code: 'ECONNREFUSED' }],
    });
    expect(trace.completedStages.map(({ stage }) => stage)).toEqual(['tcp']);
  });

  it('of which all fail has the last failure, as the real library reports it', async () => {
    const { observation } = await connected(['127.0.0.2', '127.0.0.3'], false);
    expect(observation?.signature).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', shownAt: 'tcp' });
    expect(observation?.facts.address).toBe('127.0.0.3');
    expect(observation?.facts.failedAddresses?.map(({ address }) => address)).toEqual(['127.0.0.2', '127.0.0.3']);
  });

  it('has the failure that says something about the peer, not that of an address without a route', async () => {
    // TCP to a multicast group: the system reports ENETUNREACH, and nothing leaves the machine.
    const { observation, trace } = await connected(['127.0.0.2', '224.0.0.1'], false);
    const [refused, unreachable] = trace.facts.failedAddresses ?? [];
    expect(unreachable?.code).toBe('ENETUNREACH');
    expect(observation?.signature).toMatchObject({ code: 'ECONNREFUSED', elapsedUs: refused?.elapsedUs });
    expect(observation?.facts.address).toBe('127.0.0.2');
  });

  it('with one address has no list of those that failed', async () => {
    const { observation } = await connected(['127.0.0.2'], false);
    expect(observation?.signature.code).toBe('ECONNREFUSED');
    expect(observation?.facts.failedAddresses).toBeUndefined();
  });
});
