import { expect, it } from 'vitest';
import { maskLog } from './mask-log.js';

const KEY = ['-----BEGIN PRIVATE KEY-----', 'canary', 'canary', '-----END PRIVATE KEY-----'];

it('masks each line of a private key, and no line after it', () => {
  const masked = maskLog(['before', ...KEY, 'after', ...KEY, 'end'].join('\r\n'), false);
  expect(masked.join('\n')).not.toContain('canary');
  expect(masked.filter((line) => !line.includes('***'))).toEqual(['before', 'after', 'end']);
});

it('masks a key on one line, and no line after it', () => {
  const masked = maskLog('Key=-----BEGIN PRIVATE KEY----- canary -----END PRIVATE KEY-----\nafter', false);
  expect(masked.join('\n')).not.toContain('canary');
  expect(masked.at(-1)).toBe('after');
});

it.each(KEY.map((_, i) => i))('masks a key that is cut after %i lines', (i) => {
  const cut = ['password=', ...KEY.slice(i), 'after'].join('\n');
  const masked = maskLog(`rest of a line, canary ${cut}`, true);
  expect(masked.join('\n')).not.toContain('canary');
  expect(masked.at(-1)).toBe('after');
});

it('masks a key whose end is missing', () => {
  expect(maskLog(['before', ...KEY.slice(0, 2)].join('\n'), false).join('\n')).not.toContain('canary');
});

it('keeps the lines of a log that has no secrets', () => {
  expect(maskLog('one\ntwo\n', false)).toEqual(['one', 'two']);
  expect(maskLog('one\ntwo\n', true)).toEqual(['two']);
});
