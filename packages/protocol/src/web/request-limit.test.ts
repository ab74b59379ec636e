import { describe, expect, it } from 'vitest';
import { RequestLimit } from './request-limit.js';

describe('a limit of requests', () => {
  it('allows a burst, then one in each interval, and a burst after a pause', () => {
    let us = 0;
    const limit = new RequestLimit({ intervalUs: 10, burst: 2 }, () => us);
    const take = (atUs: number): boolean => {
      us = atUs;
      return limit.take();
    };
    expect([0, 0, 0, 9, 10, 11, 100, 100, 100].map(take)).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});
