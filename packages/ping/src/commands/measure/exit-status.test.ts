import { describe, expect, it } from 'vitest';
import type { Report } from '../../report/report.js';
import type { Threshold } from '../../options/thresholds.js';
import { compareWithThresholds } from '../../report/threshold.js';
import { statusOfAttempts } from './exit-status.js';

/** The parts of a report that decide an exit status. */
function reportOf(ok: number, failed: number, options: { verdict?: string; thresholds?: readonly Threshold[] } = {}) {
  const id = failed > 0 ? 'tcp.refused' : ok > 0 ? 'ok' : 'nothing-measured';
  const { verdict = id, thresholds = [] } = options;
  const report = {
    attempts: { sent: ok + failed, ok, failed, cancelled: 0 },
    outcomes: { ...(ok > 0 ? { ok } : {}), ...(failed > 0 ? { 'tcp.refused': failed } : {}) },
    verdict: { id: verdict },
    stages: ok > 0 ? { total: { p50Us: 10_000, p99Us: 50_000 } } : {},
  } as unknown as Report;
  return { ...report, thresholds: compareWithThresholds(thresholds, report) };
}

const loss = (limit: number): Threshold => ({ name: 'max-loss', unit: 'percent', limit });
const p99 = (limit: number): Threshold => ({ name: 'max-p99', unit: 'us', limit });

describe('the exit status of attempts', () => {
  it.each([
    ['all succeeded', reportOf(10, 0), 0],
    ['all failed', reportOf(0, 10), 1],
    ['none ended', reportOf(0, 0), 1],
    ['some failed', reportOf(9, 1), 3],
    ['all succeeded through an interception', reportOf(10, 0, { verdict: 'trust.intercepted' }), 1],
    ['no data was moved', reportOf(10, 0, { verdict: 'incomplete' }), 1],
    ['the loss is at its limit', reportOf(99, 1, { thresholds: [loss(1)] }), 0],
    ['the loss is above its limit', reportOf(98, 2, { thresholds: [loss(1)] }), 3],
    ['no loss is allowed, and there is none', reportOf(10, 0, { thresholds: [loss(0)] }), 0],
    [
      'the loss is within its limit, through an interception',
      reportOf(99, 1, { verdict: 'trust.intercepted', thresholds: [loss(1)] }),
      1,
    ],
    ['all failed, within nearly any loss', reportOf(0, 10, { thresholds: [loss(99.9)] }), 1],
    ['the time is at its limit', reportOf(10, 0, { thresholds: [p99(50_000)] }), 0],
    ['the time is above its limit', reportOf(10, 0, { thresholds: [p99(49_999)] }), 3],
    ['the time is within its limit, and some failed', reportOf(9, 1, { thresholds: [p99(50_000)] }), 3],
    ['the loss is within its limit, and the time is not', reportOf(99, 1, { thresholds: [loss(1), p99(1)] }), 3],
  ] as const)('%s', (_, report, status) => {
    expect(statusOfAttempts(report)).toBe(status);
  });

  it('of nothing measured: no threshold is met', () => {
    const results = compareWithThresholds([loss(50), p99(1)], reportOf(0, 0));
    expect(results.map(({ isMet, measured }) => ({ isMet, measured }))).toEqual([
      { isMet: false, measured: undefined },
      { isMet: false, measured: undefined },
    ]);
  });
});
