import { describe, expect, it } from 'vitest';
import { Deadline } from '../time/clock.js';
import { literalAddress, resolveName } from './resolve.js';

const never = new AbortController().signal;
const soon = () => Deadline.inMs(20_000);

describe('literalAddress', () => {
  it.each([
    ['127.0.0.1', 4],
    ['::1', 6],
    ['2001:db8::10', 6],
    ['::ffff:192.0.2.1', 6],
    ['fe80::1%eth0', 6],
  ])('takes %s as it is', (address, family) => {
    expect(literalAddress(address)).toEqual({ address, family });
  });

  it.each(['localhost', 'tentacle.example', '127.0.0.1.', '127.0.1', '[::1]', '1', ''])(
    'leaves %j to the resolver',
    (host) => {
      expect(literalAddress(host)).toBeUndefined();
    },
  );
});

describe('resolveName', () => {
  it('returns the addresses of this machine, each with its family', async () => {
    const addresses = await resolveName('localhost', undefined, soon(), never);
    expect(addresses.length).toBeGreaterThan(0);
    for (const { address, family } of addresses) expect({ 4: '127.0.0.1', 6: '::1' }[family]).toBe(address);
  });

  it('returns those of one family on request', async () => {
    expect(await resolveName('localhost', 4, soon(), never)).toContainEqual({ address: '127.0.0.1', family: 4 });
  });

  it('throws what the resolver says', async () => {
    const label = 'a'.repeat(64);
    await expect(resolveName(`${label}.example`, undefined, soon(), never)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });

  it('ends with a signal, also with one that was given before', async () => {
    const controller = new AbortController();
    const resolving = resolveName('localhost', undefined, soon(), controller.signal);
    controller.abort();
    await expect(resolving).rejects.toMatchObject({ name: 'TransportError', code: 'CANCELLED' });
    await expect(resolveName('localhost', undefined, soon(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
