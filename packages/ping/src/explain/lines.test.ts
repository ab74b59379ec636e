import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lines } from './lines.js';

const MAX = 20;

function cutUp(parts: readonly string[]): { lines: string[]; cut: number } {
  const lines = new Lines(MAX);
  const all = [...parts.flatMap((part) => [...lines.push(part)]), ...lines.end()];
  return { lines: all, cut: lines.cut };
}

it('gives the lines of a text, whatever ends them, in whatever pieces they come', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\u00e9'), maxLength: 45 });
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(30)), (texts, end, sizes) => {
      const text = texts.map((one) => `${one}${end}`).join('');
      const parts: string[] = [];
      for (let at = 0, i = 0; at < text.length; i++) {
        const size = (sizes[i % Math.max(sizes.length, 1)] ?? 7) + 1;
        parts.push(text.slice(at, at + size));
        at += size;
      }
      const naive = text
        .split('\n')
        .slice(0, -1)
        .map((one) => one.replace(/\r$/, ''));
      expect(cutUp(parts)).toEqual({
        lines: naive.map((one) => one.slice(0, MAX)),
        cut: naive.filter((one) => one.length > MAX).length,
      });
    }),
  );
});

it('gives the last line without an end, and none after the last end', () => {
  expect(cutUp(['a\nb']).lines).toEqual(['a', 'b']);
  expect(cutUp(['a\nb\n']).lines).toEqual(['a', 'b']);
  expect(cutUp(['a\n\n']).lines).toEqual(['a', '']);
  expect(cutUp(['']).lines).toEqual([]);
});
