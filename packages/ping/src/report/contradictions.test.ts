import { describe, expect, it } from 'vitest';
import { failureDefinition, failureVerdict } from 'tentacle-protocol/diagnostics';
import { contradictions, type CheckedReport } from './contradictions.test.support.js';
import { nothingMeasuredVerdict, okVerdict, pathWorksVerdict } from './run-verdicts.js';

const TIMES = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:10.000Z' };
const COUNTS = { sent: 4, ok: 3, failed: 1 };
const refused = failureVerdict('tcp.refused', failureDefinition('tcp.refused').example, 1, COUNTS);

const failure = { id: 'tcp.refused', count: 1, firstAt: TIMES.startedAt, lastAt: TIMES.startedAt };
const outage = { fromAt: TIMES.startedAt, toAt: TIMES.startedAt, attempts: 1, id: 'tcp.refused' };

/** A run of four attempts, one of which was refused. */
const run: CheckedReport = {
  ...TIMES,
  verdict: refused,
  attempts: { ...COUNTS, cancelled: 0 },
  outcomes: { ok: 3, 'tcp.refused': 1 },
  failures: [failure],
  outages: [outage],
};

const unknownAtPong = { sent: 4, arrived: 0, neverArrived: 0, kept: 1, notSent: 0, unknown: 3 };
const step = { id: 'page', status: 'ok', evidence: { author: 'web-server' } };
const identity = { id: 'identity', status: 'ok', evidence: {} };
const problem = { id: 'identity', status: 'problem', failure: { id: 'identity.timeout' }, evidence: {} };
const unexpected = failureVerdict(
  'trust.unexpected-thumbprint',
  failureDefinition('trust.unexpected-thumbprint').example,
  1,
  {
    sent: 1,
    ok: 0,
    failed: 1,
  },
);
const intercepted = { ...unexpected, id: 'trust.intercepted' };
const timedOut = { ...refused, id: 'identity.timeout' };

describe('a report', () => {
  it.each<[string, CheckedReport]>([
    ['of a run', run],
    ['of a run without a failure', { ...TIMES, verdict: okVerdict({ sent: 1, ok: 1, failed: 0 }, 'echo') }],
    ['of a diagnosis', { ...TIMES, verdict: pathWorksVerdict('echo'), steps: [step, identity] }],
    ['of a diagnosis that was stopped', { ...TIMES, verdict: nothingMeasuredVerdict(), steps: [] }],
  ])('%s that is consistent has no contradiction', (_, report) => {
    expect(contradictions(report)).toEqual([]);
  });

  it.each<[string, CheckedReport]>([
    ['nothing measured beside successes', { ...run, verdict: nothingMeasuredVerdict() }],
    ['nothing measured beside a step', { ...TIMES, verdict: nothingMeasuredVerdict(), steps: [step] }],
    ['nothing measured beside calls', { ...TIMES, verdict: nothingMeasuredVerdict(), calls: { ok: 2 } }],
    ['ok beside failures', { ...run, verdict: okVerdict(COUNTS, 'echo') }],
    ['ok beside a problem', { ...TIMES, verdict: pathWorksVerdict('echo'), steps: [problem] }],
    ['counts that do not add up', { ...run, attempts: { ...COUNTS, cancelled: 0, sent: 5 } }],
    ['a failure that was not met', { ...run, verdict: { ...refused, id: 'tls.closed' } }],
    ['no share', { ...run, verdict: { ...refused, means: 'It was refused.' } }],
    ['a web server that hangs', { ...TIMES, verdict: timedOut, steps: [step, problem] }],
    ['ok without an identity', { ...TIMES, verdict: pathWorksVerdict('tls'), steps: [step] }],
    [
      'the expected certificate',
      {
        ...TIMES,
        verdict: unexpected,
        plan: { thumbprint: 'A' },
        steps: [{ ...step, evidence: { withoutName: 'A' } }],
      },
    ],
    ['one TLS session', { ...TIMES, verdict: intercepted, steps: [{ id: 'attestation', status: 'ok', evidence: {} }] }],
    ['a failure after the run', { ...run, failures: [{ ...failure, lastAt: '2026-01-01T00:00:11.000Z' }] }],
    ['an outage too many', { ...run, outages: [outage, outage] }],
    ['no cause', { ...run, verdict: { ...refused, certainty: { kind: 'ambiguous', causes: [], howToTell: 'a' } } }],
    ['successes that did not arrive', { ...run, otherEnd: { status: 'compared', attempts: unknownAtPong } as never }],
  ])('with %s is found', (_, report) => {
    expect(contradictions(report)).not.toEqual([]);
  });
});
