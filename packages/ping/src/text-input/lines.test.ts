import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lines } from './lines.js';

const MAX = 20;

function linesOf(chunks: readonly string[]): { lines: string[]; cut: number } {
  const lines = new Lines(MAX);
  const all = [...chunks.flatMap((chunk) => [...lines.push(chunk)]), ...lines.end()];
  return { lines: all, cut: lines.cut };
}

it('yields the lines of a text, with any line end and any chunk sizes', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\u00e9'), maxLength: 45 });
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(30)), (texts, end, sizes) => {
      const text = texts.map((one) => `${one}${end}`).join('');
      const chunks: string[] = [];
      for (let at = 0, i = 0; at < text.length; i++) {
        const size = (sizes[i % Math.max(sizes.length, 1)] ?? 7) + 1;
        chunks.push(text.slice(at, at + size));
        at += size;
      }
      const naive = text
        .split('\n')
        .slice(0, -1)
        .map((one) => one.replace(/\r$/, ''));
      expect(linesOf(chunks)).toEqual({
        lines: naive.map((one) => one.slice(0, MAX)),
        cut: naive.filter((one) => one.length > MAX).length,
      });
    }),
  );
});

it('yields the last line without a line end, and none after the last line end', () => {
  expect(linesOf(['a\nb']).lines).toEqual(['a', 'b']);
  expect(linesOf(['a\nb\n']).lines).toEqual(['a', 'b']);
  expect(linesOf(['a\n\n']).lines).toEqual(['a', '']);
  expect(linesOf(['']).lines).toEqual([]);
});
