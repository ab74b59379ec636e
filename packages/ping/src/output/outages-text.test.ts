import { describe, expect, it } from 'vitest';
import type { Outage } from '../report/attempt-sequence.js';
import { outagesWarning } from './outages-text.js';

const START = '2026-07-28T12:00:00.000Z';

function outage(attempts: number, at: number): Outage {
  const moment = (ms: number): string => new Date(Date.parse(START) + ms).toISOString();
  return { fromAt: moment(at), toAt: moment(at + 500), attempts, id: 'tcp.refused' };
}

const report = (outages: readonly Outage[]) =>
  ({ failurePattern: 'scattered', outages, outagesDropped: 0, startedAt: START }) as const;

describe('how failures follow each other, in a sentence', () => {
  it('is not that one failed attempt is scattered, nor one outage', () => {
    expect(outagesWarning(report([outage(1, 0)]))).toEqual([]);
    const [one = ''] = outagesWarning(report([outage(2, 0)]));
    const [two = ''] = outagesWarning(report([outage(1, 0), outage(1, 5000)]));
    expect(one).not.toBe('');
    expect(two.split(':')[0]).not.toBe(one.split(':')[0]);
  });
});
