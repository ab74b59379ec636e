import { describe, expect, it } from 'vitest';
import { isAllowed, parseTargetPattern } from './target-patterns.js';

const allows = (pattern: string, host: string, port = 10_933): boolean =>
  isAllowed({ host, port }, [parseTargetPattern(pattern)]);

describe('allowed targets', () => {
  it.each([
    ['web01', 'web01', 1],
    ['WEB01', 'web01.', 10_933],
    ['*.example.com', 'a.b.example.com', 10_933],
    ['*.example.com:10933', 'a.example.com', 10_933],
    ['10.0.0.*', '10.0.0.7', 10_933],
    ['[::1]:10933', '::1', 10_933],
    ['*', 'anything', 1],
  ])('%s allows %s port %d', (pattern, host, port) => {
    expect(allows(pattern, host, port)).toBe(true);
  });

  it.each([
    ['web01', 'web011', 10_933],
    ['*.example.com', 'example.com', 10_933],
    ['*.example.com', 'a-example.com', 10_933],
    ['*.example.com', 'a.example.com.evil', 10_933],
    ['web01:10933', 'web01', 22],
    ['10.0.0.*', '10.0.1.7', 10_933],
  ])('%s does not allow %s port %d', (pattern, host, port) => {
    expect(allows(pattern, host, port)).toBe(false);
  });

  it('without a pattern, are all', () => {
    expect(isAllowed({ host: 'a', port: 1 }, [])).toBe(true);
  });

  it.each(['a*b*c*d', 'a b', 'http://x/y'])('%j is not a pattern', (text) => {
    expect(() => parseTargetPattern(text)).toThrow();
  });
});
