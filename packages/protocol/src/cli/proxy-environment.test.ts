import { describe, expect, it } from 'vitest';
import { excepts, proxyFromEnvironment, proxyVariables } from './proxy-environment.js';

const target = { host: 'tentacle.corp.example', port: 10933 };

describe('the variables', () => {
  it('are shown without users and passwords, however they are written', () => {
    const env = {
      PATH: '/bin',
      HTTPS_PROXY: 'http://me:secret@proxy:3128',
      https_proxy: 'me:sec@ret/secret@proxy:3128',
      HTTP_PROXY: 'proxy:3128',
      ALL_PROXY: '',
      no_proxy: 'a, .b\n\x1b[2J',
    };
    expect(proxyVariables(env)).toEqual([
      { name: 'HTTPS_PROXY', value: 'http://***@proxy:3128' },
      { name: 'https_proxy', value: '***@proxy:3128' },
      { name: 'HTTP_PROXY', value: 'proxy:3128' },
      { name: 'no_proxy', value: 'a, .b [2J' },
    ]);
  });
});

describe('the proxy that they name', () => {
  it.each<[object, object]>([
    [{}, {}],
    [{ HTTP_PROXY: 'http://plain:1' }, {}],
    [
      { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2' },
      { by: 'https_proxy', proxy: { host: 'lower', port: 2 } },
    ],
    [
      { ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://https:2' },
      { by: 'HTTPS_PROXY', proxy: { host: 'https', port: 2 } },
    ],
    [
      { ALL_PROXY: 'all:1', HTTPS_PROXY: '' },
      { by: 'ALL_PROXY', proxy: { host: 'all', port: 1 } },
    ],
    [{ ALL_PROXY: 'all:1', NO_PROXY: 'corp.example' }, { by: 'NO_PROXY' }],
    [
      { ALL_PROXY: 'all:1', NO_PROXY: '*', no_proxy: 'other' },
      { by: 'ALL_PROXY', proxy: { host: 'all', port: 1 } },
    ],
    // What is excepted is not looked at.
    [{ ALL_PROXY: 'socks5://all:1', NO_PROXY: '*' }, { by: 'NO_PROXY' }],
  ])('%j', (env, says) => {
    expect(proxyFromEnvironment(env as Record<string, string>, target)).toEqual(says);
  });
});

describe('an exception', () => {
  it.each<[string, string, boolean]>([
    ['*', 'any.example', true],
    ['corp.example', 'corp.example', true],
    ['corp.example', 'web.corp.example', true],
    ['.corp.example', 'web.corp.example', true],
    ['*.corp.example', 'web.corp.example', true],
    ['.corp.example', 'corp.example', true],
    ['CORP.example.', 'Web.Corp.Example', true],
    ['corp.example', 'web.corp.example.', true],
    ['corp.example', 'notcorp.example', false],
    ['orp.example', 'corp.example', false],
    ['a, b;c ,corp.example', 'corp.example', true],
    ['corp.example:10933', 'corp.example', true],
    ['corp.example:443', 'corp.example', false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3:443', '10.1.2.3', false],
    ['10.1.2', '10.1.2.3', false],
    ['10.0.0.0/99', '10.1.2.3', false],
    ['10.0.0.0/x', '10.1.2.3', false],
    ['2001:db8::/32', '2001:db8::1', true],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['[::1]:10933', '::1', true],
    ['[::1]:443', '::1', false],
    ['::1', '127.0.0.1', false],
    ['', 'corp.example', false],
    [',', 'corp.example', false],
    ['.', 'corp.example', false],
  ])('%j for %s: %s', (list, host, is) => {
    expect(excepts(list, { host, port: 10933 })).toBe(is);
  });
});
