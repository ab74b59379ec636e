import { expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.js';

const EACH = { perSecond: 2, burst: 3 };

test('an address uses up its own tokens and leaves those of others', () => {
  const buckets = new TokenBuckets(EACH, { perSecond: 100, burst: 100 }, () => 0);
  for (let i = 0; i < 3; i++) expect(buckets.take('192.0.2.1')).toBe(0);
  expect(buckets.take('192.0.2.1')).toBe(500);
  expect(buckets.take('192.0.2.2')).toBe(0);
});

test('the addresses of one IPv6 network share their tokens', () => {
  const buckets = new TokenBuckets(EACH, { perSecond: 100, burst: 100 }, () => 0);
  for (const end of ['1', '2', '3']) expect(buckets.take(`2001:db8:0:1::${end}`)).toBe(0);
  expect(buckets.take('2001:db8:0:1::4')).toBe(500);
  expect(buckets.take('2001:db8:0:2::4')).toBe(0);
});

test('all addresses together have a rate of their own, and an address that is refused there keeps its tokens', () => {
  let nowUs = 0;
  const buckets = new TokenBuckets(EACH, { perSecond: 10, burst: 5 }, () => nowUs);
  for (let i = 0; i < 5; i++) expect(buckets.take(`192.0.2.${i}`)).toBe(0);
  expect(buckets.take('192.0.2.9')).toBe(100);
  nowUs = 300_000;
  for (let i = 0; i < 3; i++) expect(buckets.take('192.0.2.9')).toBe(0);
});
