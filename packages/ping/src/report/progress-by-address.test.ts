import { describe, expect, it } from 'vitest';
import type { Failure } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';
import { ProgressByAddress } from './progress-by-address.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const evidence = { code: 'ECONNREFUSED', elapsedUs: 0, receivedBytes: 0 };

/** An attempt that got past TCP, or was refused half a second after it began. */
function attempt(number: number, isRefused: boolean, address = '192.0.2.1'): AttemptRecord {
  const failure: Failure = { id: 'tcp.refused', shownAt: 'tcp', evidence };
  const base = { number, startedAt: at(number), address, reused: false, totalUs: 500_000 };
  return isRefused
    ? { ...base, outcome: failure.id, failure, failedAt: at(number + 1), stages: [] }
    : { ...base, outcome: 'ok', stages: [{ stage: 'tcp', durationUs: 1 }] };
}

function othersAfter(attempts: readonly AttemptRecord[]) {
  const progress = new ProgressByAddress();
  for (const one of attempts) progress.add(one);
  return progress.othersOf('tcp.refused', 'tcp', '192.0.2.1');
}

describe('what other attempts show of a failure', () => {
  it.each([
    ['after', [true, true, false]],
    ['before', [false, true, true]],
    ['mixed', [true, false, true]],
    ['mixed', [false, true, false]],
  ] as const)('%s: %j', (order, refused) => {
    const found = othersAfter(refused.map((isRefused, i) => attempt(i + 1, isRefused)));
    const failed = refused.filter((isRefused) => isRefused).length;
    expect(found).toMatchObject({ order, failed: { count: failed }, passed: { count: refused.length - failed } });
  });

  it('has the time at which attempts failed, and at which the others began', () => {
    expect(othersAfter([attempt(3, false), attempt(1, true), attempt(2, true)])).toEqual({
      order: 'after',
      failed: { count: 2, firstAt: at(2), lastAt: at(3) },
      passed: { count: 1, firstAt: at(3), lastAt: at(3) },
    });
  });

  it('is nothing where no other attempt at the same address got past it', () => {
    expect(othersAfter([attempt(1, true), attempt(2, false, '192.0.2.2')])).toBeUndefined();
    expect(othersAfter([attempt(1, true), attempt(2, true)])).toBeUndefined();
    expect(othersAfter([attempt(1, false)])).toBeUndefined();
  });
});
