import { describe, expect, it } from 'vitest';
import { maskUnsafeLines } from './sanitize.js';
import { renderStyles, styled, withoutStyles } from './style.js';

describe('styles', () => {
  it('become escape sequences, line by line, or nothing', () => {
    const text = `${styled('bad', 'X')} ${styled('strong', 'one\ntwo')}\n`;
    expect(renderStyles(text, true)).toBe('\u001b[31mX\u001b[39m \u001b[1mone\u001b[22m\n\u001b[1mtwo\u001b[22m\n');
    expect(renderStyles(text, false)).toBe('X one\ntwo\n');
    expect(withoutStyles(text)).toBe('X one\ntwo\n');
  });

  it('of a peer are removed where they are not whole, and its escape sequences are not let through', () => {
    const hostile = '\ufdd2red \u001b[2J\u009b31m';
    expect(renderStyles(maskUnsafeLines(hostile), true)).toBe('red ?[2J?31m');
    expect(renderStyles(maskUnsafeLines(`${hostile}\ufdd5`), true)).toBe('\u001b[31mred ?[2J?31m\u001b[39m');
  });
});
