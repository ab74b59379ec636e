import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { expect, it } from 'vitest';
import { describeSystemError, describeWriteError } from './system-error.js';

it('every error of the system has words, and no code', () => {
  for (const [errno, [code]] of getSystemErrorMap()) {
    const words = describeSystemError(Object.assign(new Error('x'), { errno, code }));
    expect(words).toMatch(/^[a-z]/);
    expect(words).not.toContain(code);
    expect(words).not.toContain('\n');
  }
});

it.each([undefined, null, 'x', {}, { code: 'constructor' }, new Error('x')])('%j has words too', (error) => {
  expect(describeSystemError(error)).toMatch(/^[a-z]/);
});

it('a file that is to be written lacks its folder, not itself', () => {
  const missing = join(tmpdir(), 'no-such-folder', 'file');
  const thrown = (flags: string): unknown => {
    try {
      return openSync(missing, flags);
    } catch (error) {
      return error;
    }
  };
  expect(describeWriteError(thrown('w'))).not.toBe(describeSystemError(thrown('r')));
});
