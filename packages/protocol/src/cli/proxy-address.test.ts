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
    ['', /\bhost is missing\b/],
    ['proxy', /\bport is missing\b/],
    ['http://proxy', /\bport is missing\b/],
    ['http://', /\bhost is missing\b/],
    ['proxy:', /from 1 to 65535/],
    ['proxy:0', /from 1 to 65535/],
    ['proxy:65536', /from 1 to 65535/],
    ['proxy:secret', /from 1 to 65535/],
    ['proxy:31 28', /from 1 to 65535/],
    ['1.2.3:3128', /\bhost is missing\b/],
    ['::1:3128', /host|port/],
    ['[1.2.3.4]:3128', /\bhost is missing\b/],
    ['-x:3128', /\bhost is missing\b/],
    ['a b:3128', /\bhost is missing\b/],
    ['http://proxy:3128/secret', /\bpath\b/],
    ['http://proxy:3128?secret', /\bpath\b/],
    ['https://proxy:3128', /\bTLS\b/],
    ['socks5://proxy:1080', /not SOCKS/],
    ['socks4a://proxy:1080', /not SOCKS/],
    ['ftp://secret@proxy:21', /not an http URL/],
    ['me:secret@proxy:3128', /--proxy-password-file/],
    ['http://me:secret@proxy:3128', /--proxy-password-file/],
    ['http://me:sec/ret@proxy:3128', /--proxy-password-file/],
    ['http://me:sec@ret@proxy:3128', /--proxy-password-file/],
    ['http://:secret@proxy:3128', /--proxy-password-file/],
    ['http://@proxy:3128', /\buser name\b.*@/],
    ['http://secret%0a@proxy:3128', /control characters/],
  ])('%j is rejected, in one line that repeats nothing of it', (text, reason) => {
    let error: unknown;
    try {
      parseProxy(text, option);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as Error;
    expect(message).toMatch(reason);
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

  it('is named by its variable when it is rejected', () => {
    expect(() => parseProxy('socks5h://me:secret@proxy:1', variable)).toThrow(/^HTTPS_PROXY: .*not SOCKS/);
  });
});
