import { describe, expect, it } from 'vitest';
import { type FailureId, failureDefinition, failureVerdict } from 'tentacle-protocol/diagnostics';
import { type Finding, rankFailures } from './rank-failures.js';

function findings(counts: Partial<Record<FailureId, number>>, ok = 0): Finding[] {
  const all = Object.entries(counts) as [FailureId, number][];
  const failed = all.reduce((sum, [, count]) => sum + count, 0);
  const run = { sent: failed + ok, ok, failed, failures: new Map(all) };
  return all.map(([id, count]) => {
    const { example: observation } = failureDefinition(id);
    return { id, count, observation, verdict: failureVerdict(id, observation, count, run) };
  });
}

describe('the failure of the headline', () => {
  it.each<[FailureId, Partial<Record<FailureId, number>>]>([
    // An alert explains a connection that was closed without one.
    ['tls.client-certificate-refused', { 'trust.closed-after-identity': 1, 'tls.client-certificate-refused': 1 }],
    ['tls.client-certificate-refused', { 'tls.reset': 30, 'tls.client-certificate-refused': 1 }],
    ['identity.http', { 'identity.timeout': 9, 'identity.http': 1 }],
    // A certain finding comes before an ambiguous one, unless it is rare and explains nothing.
    ['tls.client-certificate-refused', { 'tcp.timeout': 5, 'tls.client-certificate-refused': 1 }],
    ['tcp.timeout', { 'tcp.timeout': 90, 'tls.client-certificate-refused': 1 }],
    ['tls.bad-record', { 'rpc.timeout': 3, 'tls.bad-record': 2 }],
    // Then the most frequent one, and the earliest on the path.
    ['tcp.timeout', { 'tls.reset': 2, 'tcp.timeout': 3 }],
    ['tcp.timeout', { 'tls.reset': 3, 'tcp.timeout': 3 }],
    ['rpc.timeout', { 'tls.reset': 3, 'rpc.timeout': 4 }],
  ])('is %s of %j', (id, counts) => {
    const all = findings(counts, 2);
    expect(rankFailures(all)?.id).toBe(id);
    expect(rankFailures(all.toReversed())?.id).toBe(id);
    // Every number is in the text, so that no failure is hidden.
    for (const count of Object.values(counts)) expect(rankFailures(all)?.means).toMatch(new RegExp(`\\b${count}\\b`));
  });

  it('is undefined where nothing failed', () => {
    expect(rankFailures([])).toBeUndefined();
  });

  it('does not explain a failure at another address, or of a connection that had worked', () => {
    const [alert, reset] = findings({ 'tls.client-certificate-refused': 1, 'rpc.reset': 30 });
    if (alert === undefined || reset === undefined) throw new Error('two findings');
    for (const facts of [{ address: '192.0.2.99' }, { callsBefore: 3 }]) {
      const other = { ...reset.observation, facts: { ...reset.observation.facts, ...facts } };
      expect(rankFailures([alert, { ...reset, observation: other }])?.id).toBe('rpc.reset');
    }
    expect(rankFailures([alert, reset])?.id).toBe('tls.client-certificate-refused');
  });
});
