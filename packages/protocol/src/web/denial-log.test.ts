import { describe, expect, it } from 'vitest';
import { DenialLog } from './denial-log.js';

const HOUR_US = 3_600_000_000;

describe('a log of rejected clients', () => {
  it('has a line for each client and reason in an hour', () => {
    let us = 0;
    const lines: string[] = [];
    const log = new DenialLog(
      (address, reason) => lines.push(`${address} ${reason}`),
      () => us,
    );
    for (const reason of ['a', 'a', 'b']) log.add('192.0.2.1', reason);
    us = HOUR_US;
    log.add('192.0.2.1', 'a');
    expect(lines).toEqual(['192.0.2.1 a', '192.0.2.1 b', '192.0.2.1 a']);
  });

  it('is short for a thousand clients', () => {
    let lines = 0;
    const log = new DenialLog(
      () => lines++,
      () => 0,
    );
    for (let client = 0; client < 1000; client++) log.add(`2001:db8::${client.toString(16)}`, 'a');
    expect(lines).toBe(20);
  });
});
