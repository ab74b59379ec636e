import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeLine } from './sanitize-line.js';

describe('secrets', () => {
  it.each([
    ['password=canary', 'password=***'],
    ['Password = canary; Server=x', 'Password =***; Server=x'],
    ['Password=two canary words;Server=x', 'Password=***;Server=x'],
    ['"Password": "can\u0441ary canary"', '"Password": ***'],
    ["proxyPassword='canary'", 'proxyPassword=***'],
    ['--password canary --user me', '--password *** --user me'],
    ['--proxyPassword=canary --x', '--proxyPassword=*** --x'],
    ['--apiKey API-CANARY1234567890', '--apiKey ***'],
    ['using API-CANARY1234567890.', 'using API-***.'],
    ['api_key: canary, x', 'api_key: ***, x'],
    ['X-Octopus-ApiKey: canary', 'X-Octopus-ApiKey: ***'],
    ['Proxy-Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==', 'Proxy-Authorization: Basic ***'],
    ['Authorization: Bearer canarycanary.x', 'Authorization: Bearer ***'],
    ['http://me:canary@proxy:3128/', 'http://me:***@proxy:3128/'],
    ['<Password>canary canary</Password>', '<Password>***</Password>'],
    ['agent.bearerToken="canary"', 'agent.bearerToken=***'],
    ['x eyJcanarycanary.eyJjYW5hcnk.sig y', 'x *** y'],
    ['-----BEGIN RSA PRIVATE KEY----- canary', '***'],
    ['TENTACLE_PASSPHRASE=canary', 'TENTACLE_PASSPHRASE=***'],
  ])('%s', (text, cleaned) => {
    expect(sanitizeLine(text, 300)).toBe(cleaned);
  });

  it.each([
    "thumbprint of '1F0C9A3B5D7E2468ACE013579BDF02468ACE1357'",
    'The token supplied to the function is invalid',
    'https://web01:10933/ refused',
    'Basic authentication is required',
    '::ffff:10.1.2.3]:51234',
  ])('leaves %s unchanged', (text) => {
    expect(sanitizeLine(text, 300)).toBe(text);
  });
});

it('returns one line without control characters, within the length limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 3, max: 50 }), (text, max) => {
      const cleaned = sanitizeLine(text, max);
      expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(cleaned.length).toBeLessThanOrEqual(max);
    }),
  );
});

it('removes whole escape sequences', () => {
  expect(sanitizeLine('a\u001b[1;31mb\u001b[0m\u001b]8;;http://x\u0007c\u001b(Bd\u009b2Je', 80)).toBe('abcde');
});
