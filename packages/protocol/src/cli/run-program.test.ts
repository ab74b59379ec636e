import { expect, it } from 'vitest';
import { terminalWidth, wrapMessages } from './run-program.js';

it.each([
  [undefined, 80],
  [0, 80],
  [20, 40],
  [120, 120],
  [1000, 200],
])('a terminal of %s columns: text for %i', (columns, width) => {
  expect(terminalWidth(columns)).toBe(width);
});

it('wraps messages between words on a terminal, and nothing else', () => {
  const message = 'tentacle-ping: "99999" is out of range; use a whole number from 1 to 65535\n';
  const line = `${'x '.repeat(40)}\n`;
  const wrapped = wrapMessages(`${message}${line}`, { isTTY: true, columns: 40 });
  expect(wrapped.replaceAll('\n  ', ' ')).toBe(`${message}${line}`);
  expect(
    wrapped
      .split('\n')
      .slice(0, 2)
      .every(({ length }) => length <= 40),
  ).toBe(true);
  expect(wrapMessages(message, { isTTY: false })).toBe(message);
});
