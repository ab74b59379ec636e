import { expect, it } from 'vitest';
import { breakAtPipes } from './steps-text.js';

it.each([
  ['a | b', 40, ['a | b']],
  ['first | second | third', 16, ['first | second |', '  third']],
  ["grep 'one | two' file | sort", 24, ["grep 'one | two' file |", '  sort']],
  ['narrow | much too wide for that', 16, ['narrow | much too wide for that']],
  ['has no pipe but is wide', 8, ['has no pipe but is wide']],
])('breaks %s for %i columns only behind a pipe of the shell', (command, columns, lines) => {
  expect(breakAtPipes(command, columns)).toEqual(lines);
});
