import { expect, it } from 'vitest';
import { terminalWidth } from './run-program.js';

it.each([
  [undefined, 80],
  [0, 80],
  [20, 40],
  [120, 120],
  [1000, 200],
])('a terminal of %s columns: text for %i', (columns, width) => {
  expect(terminalWidth(columns)).toBe(width);
});
