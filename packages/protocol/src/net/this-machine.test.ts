import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { thisMachineFact } from './this-machine.js';

describe('whether an address is this machine', () => {
  it.each([
    ['web01.example', '127.0.0.1', 'loopback'],
    ['web01.example', '127.0.1.1', 'loopback'],
    ['web01.example', '0.0.0.0', 'loopback'],
    ['web01.example', '::1', 'loopback'],
    ['web01.example', '::', 'loopback'],
    ['web01.example', '::ffff:127.0.0.1', 'loopback'],
    ['notlocalhost', '127.0.0.1', 'loopback'],
    ['localhost', '127.0.0.1', 'as-named'],
    ['LOCALHOST.', '::1', 'as-named'],
    ['pong.localhost', '127.0.0.1', 'as-named'],
    ['localhost.localdomain', '127.0.0.1', 'as-named'],
    ['127.0.0.1', '127.0.0.1', 'as-named'],
    ['0.0.0.0', '0.0.0.0', 'as-named'],
    [hostname(), '127.0.1.1', 'as-named'],
    [`${hostname().split('.')[0] ?? ''}.corp.example`.toUpperCase(), '127.0.1.1', 'as-named'],
    ['web01.example', '198.51.100.200', undefined],
    ['web01.example', '2001:db8::1', undefined],
  ])('%s at %s: %s', (host, address, expected) => {
    expect(thisMachineFact(host, address)).toBe(expected);
  });

  it('is known of an established connection by its other end', () => {
    expect(thisMachineFact('web01.example', '192.0.2.77', '192.0.2.77')).toBe('own-address');
    expect(thisMachineFact('192.0.2.77', '192.0.2.77', '192.0.2.77')).toBe('as-named');
    expect(thisMachineFact('web01.example', '192.0.2.77', '192.0.2.2')).toBeUndefined();
  });
});
