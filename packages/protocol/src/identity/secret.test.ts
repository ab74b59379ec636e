import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.js';

it('reveals its value on request, and never when it is printed or serialized', () => {
  const secret = new Secret('canary');
  expect(secret.reveal()).toBe('canary');
  const holder = { proxy: { user: 'me', password: secret } };
  for (const shown of [
    String(secret),
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    Object.entries(secret).join(),
  ]) {
    expect(shown).not.toContain('canary');
  }
  expect(JSON.stringify(holder)).toBe('{"proxy":{"user":"me","password":"***"}}');
});
