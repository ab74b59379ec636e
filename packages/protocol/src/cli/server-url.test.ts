import { describe, expect, it } from 'vitest';
import { parseServerUrl } from './server-url.js';
import { UsageError } from './usage-error.js';

describe("the URL of an Octopus Server's endpoint", () => {
  it.each([
    ['https://octopus.example', { use: 'portal', host: 'octopus.example', port: 443, path: '' }],
    ['octopus.example', { use: 'portal', host: 'octopus.example', port: 443, path: '' }],
    ['HTTPS://octopus.example:8443/octopus/', { use: 'portal', host: 'octopus.example', port: 8443, path: '/octopus' }],
    ['https://octopus.example/app#/Spaces-1', { use: 'portal', host: 'octopus.example', port: 443, path: '' }],
    ['https://corp.example/octopus/api/', { use: 'portal', host: 'corp.example', port: 443, path: '/octopus' }],
    ['https://octopus.example:10943/', { use: 'polling', host: 'octopus.example', port: 10943, path: '' }],
    ['https://polling.a.octopus.app', { use: 'polling', host: 'polling.a.octopus.app', port: 443, path: '' }],
    ['polling://octopus.example:80', { use: 'polling', host: 'octopus.example', port: 80, path: '' }],
    ['wss://octopus.example', { use: 'web-socket', host: 'octopus.example', port: 443, path: '/OctopusComms' }],
    ['wss://octopus.example:444/A/', { use: 'web-socket', host: 'octopus.example', port: 444, path: '/A' }],
    ['grpc://octopus.example', { use: 'grpc', host: 'octopus.example', port: 8443, path: '' }],
    ['https://[2001:db8::1]:444', { use: 'portal', host: '2001:db8::1', port: 444, path: '' }],
  ])('%s', (text, url) => {
    expect(parseServerUrl(text)).toEqual(url);
  });

  it.each(['', 'https://', 'http://octopus.example', 'ftp://x', 'https://octopus example', 'https://a:99999'])(
    '%j is rejected',
    (text) => {
      expect(() => parseServerUrl(text)).toThrow(UsageError);
    },
  );

  it('repeats no part that may be a password', () => {
    expect(() => parseServerUrl('https://user:canary@octopus.example')).toThrow(/^(?!.*canary)/);
  });
});
