import { describe, expect, it } from 'vitest';
import { parseProxy, type Source } from './proxy-address.js';
import { UsageError } from './usage-error.js';

const option: Source = { name: '--proxy', mayHoldPassword: false };
const variable: Source = { name: 'HTTPS_PROXY', mayHoldPassword: true, defaultPort: 80 };

describe('a proxy on the command line', () => {
  it.each<[string, object]>([
    ['proxy:3128', { host: 'proxy', port: 3128 }],
    ['http://proxy:3128', { host: 'proxy', port: 3128 }],
    ['HTTP://proxy.example:3128/', { host: 'proxy.example', port: 3128 }],
    ['192.0.2.3:8080', { host: '192.0.2.3', port: 8080 }],
    ['[::1]:3128', { host: '::1', port: 3128 }],
    ['http://[2001:db8::1]:3128', { host: '2001:db8::1', port: 3128 }],
    ['me@proxy:3128', { host: 'proxy', port: 3128, user: 'me' }],
    ['http://me@proxy:3128', { host: 'proxy', port: 3128, user: 'me' }],
    ['http://me:@proxy:3128', { host: 'proxy', port: 3128, user: 'me' }],
    ['http://me@corp.example@proxy:3128', { host: 'proxy', port: 3128, user: 'me@corp.example' }],
    ['http://CORP\\me@proxy:3128', { host: 'proxy', port: 3128, user: 'CORP\\me' }],
    ['http://CORP%5Cme@proxy:3128', { host: 'proxy', port: 3128, user: 'CORP\\me' }],
    ['http://100%@proxy:3128', { host: 'proxy', port: 3128, user: '100%' }],
    [' proxy:3128 ', { host: 'proxy', port: 3128 }],
  ])('%s', (text, proxy) => {
    expect(parseProxy(text, option)).toEqual(proxy);
  });

  it.each<[string, RegExp]>([
    ['', /no host/],
    ['proxy', /which port/],
    ['http://proxy', /which port/],
    ['http://', /no host/],
    ['proxy:', /no whole number/],
    ['proxy:0', /no whole number/],
    ['proxy:65536', /no whole number/],
    ['proxy:secret', /no whole number/],
    ['proxy:31 28', /no whole number/],
    ['1.2.3:3128', /no host/],
    ['::1:3128', /no host|no whole number/],
    ['[1.2.3.4]:3128', /no host/],
    ['-x:3128', /no host/],
    ['a b:3128', /no host/],
    ['http://proxy:3128/secret', /no path/],
    ['http://proxy:3128?secret', /no path/],
    ['https://proxy:3128', /plain HTTP/],
    ['socks5://proxy:1080', /not SOCKS/],
    ['socks4a://proxy:1080', /not SOCKS/],
    ['ftp://secret@proxy:21', /another kind/],
    ['me:secret@proxy:3128', /must not stand on a command line/],
    ['http://me:secret@proxy:3128', /must not stand/],
    ['http://me:sec/ret@proxy:3128', /must not stand/],
    ['http://me:sec@ret@proxy:3128', /must not stand/],
    ['http://:secret@proxy:3128', /must not stand/],
    ['http://@proxy:3128', /no user/],
    ['http://secret%0a@proxy:3128', /control characters/],
  ])('%j is refused, in one line that repeats nothing of it', (text, why) => {
    let error: unknown;
    try {
      parseProxy(text, option);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as Error;
    expect(message).toMatch(why);
    expect(message).not.toMatch(/secret|sec|\n/);
    expect(message).toMatch(/^--proxy: /);
  });
});

describe('a proxy in the environment', () => {
  it('may hold a password, and leave out its port', () => {
    const proxy = parseProxy('http://me:sec%40ret@proxy', variable);
    expect(proxy).toMatchObject({ host: 'proxy', port: 80, user: 'me' });
    expect(proxy.password?.reveal()).toBe('sec@ret');
    expect(JSON.stringify(proxy)).not.toContain('ret');
  });

  it('is named by its variable when it is refused', () => {
    expect(() => parseProxy('socks5h://me:secret@proxy:1', variable)).toThrow(/^HTTPS_PROXY: .*not SOCKS/);
  });
});
