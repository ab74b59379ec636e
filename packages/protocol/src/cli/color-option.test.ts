import { describe, expect, it } from 'vitest';
import { hasColors, readColorChoice } from './color-option.js';

describe('--color', () => {
  it.each([
    [['web01'], 'auto'],
    [['--color', 'never', 'web01'], 'never'],
    [['web01', '--color=always'], 'always'],
    [['--', '--color=always'], 'auto'],
  ] as const)('%j: %s', (argv, expected) => {
    expect(readColorChoice(argv)).toBe(expected);
  });

  it.each([['--color'], ['--color=blue'], ['--color', '-q']])('refuses %j and names the choices', (...argv) => {
    expect(() => readColorChoice(argv)).toThrow(/auto, always or never/);
  });
});

describe('colors', () => {
  it.each([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ] as const)('%s %j, terminal: %s', (choice, env, isTerminal, expected) => {
    expect(hasColors(choice, env, isTerminal)).toBe(expected);
  });
});
