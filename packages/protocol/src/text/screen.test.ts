import { describe, expect, it } from 'vitest';
import { mark, markWidth, showsUnicode } from './screen.js';
import { withoutStyles } from './style.js';
import { padEnd, padStart, textWidth } from './text-width.js';
import { columns, wrap } from './units.js';

describe('marks', () => {
  it.each([true, false])('differ without color, and fit their column (Unicode: %s)', (unicode) => {
    const kinds = ['good', 'warning', 'bad', 'unknown', 'none'] as const;
    const texts = kinds.map((kind) => withoutStyles(mark(kind, { unicode })));
    expect(new Set(texts).size).toBe(kinds.length);
    for (const text of texts) expect(textWidth(text)).toBeLessThanOrEqual(markWidth({ unicode }));
    if (!unicode) for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('the width of a text', () => {
  it('counts columns of a terminal, and no styles', () => {
    expect(textWidth(mark('good', { unicode: true }))).toBe(1);
    expect(textWidth('接続 e\u0301')).toBe(6);
    expect(padEnd('接', 4)).toBe('接  ');
    expect(padStart('接', 4)).toBe('  接');
  });

  it('decides where columns begin and lines end', () => {
    expect(
      columns(
        'lr',
        [
          ['接続', '1'],
          ['a', '22'],
        ],
        80,
      ),
    ).toBe('接続   1\na     22\n');
    expect(wrap('接続 接続 a', '', ' ', 9)).toBe('接続 接続\n a');
  });
});

describe('letters beyond ASCII', () => {
  it.each([
    ['linux', { LANG: 'C.UTF-8' }, true, true],
    ['linux', { LANG: 'C.UTF-8', LC_ALL: 'C' }, true, false],
    ['linux', { LANG: 'C.UTF-8', TERM: 'dumb' }, true, false],
    ['linux', {}, true, false],
    ['win32', {}, true, true],
    // PowerShell 5.1 decodes it by the console's code page.
    ['win32', { LANG: 'C.UTF-8' }, false, false],
  ] as const)('%s %j, terminal: %s', (platform, env, isTerminal, expected) => {
    expect(showsUnicode({ platform, env, isTerminal })).toBe(expected);
  });
});
