import { describe, expect, it } from 'vitest';
import { failureDefinition, failureVerdict } from 'tentacle-protocol/diagnostics';
import { contradictions, type CheckedReport, RULES } from './contradictions.test.support.js';
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

/** An attempt that completed these stages and then failed, or all of them. */
const attempt = (number: number, outcome: string, stages: readonly string[]): object => ({
  number,
  outcome,
  address: '192.0.2.10',
  stages: stages.map((stage) => ({ stage, durationUs: 1 })),
  ...(outcome === 'ok' ? {} : { failure: { id: outcome, shownAt: stages.length === 0 ? 'tcp' : 'identity' } }),
});
const records = [attempt(1, 'tcp.refused', []), ...[2, 3, 4].map((number) => attempt(number, 'ok', ['tcp', 'tls']))];
const recorded: CheckedReport = {
  ...run,
  records,
  recordsDropped: 0,
  failures: [{ ...failure, evidence: { address: '192.0.2.10' } }],
};
const wholly = failureVerdict('tcp.refused', failureDefinition('tcp.refused').example, 4, {
  sent: 4,
  ok: 0,
  failed: 4,
});
const id = 'trust.closed-after-identity';
const closed = failureVerdict(id, failureDefinition(id).example, 1, COUNTS);
const incomplete = { id, of: 1, handshakeIncomplete: 1, uncertain: 0 };
const causes = (...all: string[]) => ({ kind: 'ambiguous', causes: all, howToTell: 'Look.' }) as const;

/** For each rule, reports that contradict it: a rule that finds nothing in them would check nothing. */
const CONTRADICTING: Readonly<Record<keyof typeof RULES, readonly CheckedReport[]>> = {
  countsAddUp: [
    { ...run, attempts: { ...COUNTS, cancelled: 0, sent: 5 } },
    { ...run, outcomes: { ok: 2, 'tcp.refused': 1 } },
    { ...run, outcomes: { ok: 3, 'tcp.refused': 2 } },
    { ...run, failures: [failure, failure] },
  ],
  successMeansSomethingWasMeasured: [
    { ...run, verdict: nothingMeasuredVerdict() },
    { ...TIMES, verdict: nothingMeasuredVerdict(), steps: [step] },
    { ...TIMES, verdict: nothingMeasuredVerdict(), calls: { ok: 2 } },
    { ...TIMES, verdict: nothingMeasuredVerdict(), transfers: [{ movedBytes: 1 }] as never },
  ],
  okMeansNothingFailed: [
    { ...run, verdict: okVerdict(COUNTS, 'echo') },
    { ...TIMES, verdict: okVerdict(COUNTS, 'echo'), attempts: { sent: 1, ok: 0, failed: 0, cancelled: 1 } },
    { ...TIMES, verdict: pathWorksVerdict('echo'), steps: [problem] },
  ],
  failureWasObserved: [{ ...run, verdict: { ...refused, id: 'tls.closed' } }],
  shareIsStated: [{ ...run, verdict: { ...refused, means: 'It was refused.' } }],
  recognizedPeerIsNotHung: [
    { ...TIMES, verdict: timedOut, steps: [step, problem] },
    { ...TIMES, verdict: timedOut, peer: { page: { author: 'octopus-server' } } as never },
  ],
  okMeansThatThePeerReplied: [{ ...TIMES, verdict: pathWorksVerdict('tls'), steps: [step] }],
  expectedCertificateCounts: [
    {
      ...TIMES,
      verdict: { ...unexpected, certainty: causes('a', 'b') },
      plan: { thumbprint: 'A' },
      steps: [{ ...step, evidence: { withoutName: 'A' } }],
    },
  ],
  attestationCounts: [{ ...TIMES, verdict: intercepted, steps: [{ id: 'attestation', status: 'ok', evidence: {} }] }],
  successesArrived: [
    { ...run, otherEnd: { status: 'compared', attempts: unknownAtPong } as never },
    { ...run, otherEnd: { status: 'compared', attempts: { ...unknownAtPong, sent: 3 } } as never },
  ],
  incompleteHandshakeIsNotTrust: [
    {
      ...run,
      verdict: { ...closed, certainty: causes('the certificate is not trusted', 'it was cut') },
      failures: [{ ...failure, id }],
      otherEnd: { status: 'compared', failures: [incomplete] } as never,
    },
  ],
  timesAreInOrder: [
    { ...run, failures: [{ ...failure, lastAt: '2026-01-01T00:00:11.000Z' }] },
    { ...run, failures: [{ ...failure, firstAt: TIMES.endedAt }] },
  ],
  outagesAddUp: [
    { ...run, outages: [outage, outage] },
    { ...run, outages: [{ ...outage, fromAt: TIMES.endedAt }] },
    { ...run, outages: [{ ...outage, id: 'tls.closed' }] },
  ],
  certaintyIsWhole: [
    { ...run, verdict: { ...refused, certainty: causes() } },
    { ...run, verdict: { ...refused, certainty: causes('a', 'a') } },
    { ...run, verdict: { ...refused, certainty: { ...causes('a', 'b'), howToTell: '' } } },
  ],
  causesAllowTheSuccesses: [
    // The causes that the same failure has where every attempt meets it.
    { ...recorded, verdict: { ...refused, certainty: wholly.certainty } },
    { ...recorded, verdict: { ...refused, certainty: { kind: 'conclusive' } } },
  ],
  patternIsThatOfTheRecords: [
    { ...recorded, failurePattern: 'stopped' },
    { ...recorded, failurePattern: 'scattered' },
    { ...recorded, failurePattern: 'constant' },
    { ...recorded, failurePattern: 'none' },
  ],
  explainedComesFirst: [
    {
      ...recorded,
      verdict: { ...closed, certainty: causes('a', 'b') },
      failures: [{ ...failure, id: 'tls.client-certificate-refused' }],
      records: [attempt(1, 'tls.client-certificate-refused', ['tcp', 'tls']), attempt(2, id, ['tcp', 'tls'])],
    },
  ],
};

describe('a report', () => {
  it.each<[string, CheckedReport]>([
    ['of a run', run],
    ['of a run without a failure', { ...TIMES, verdict: okVerdict({ sent: 1, ok: 1, failed: 0 }, 'echo') }],
    ['of a diagnosis', { ...TIMES, verdict: pathWorksVerdict('echo'), steps: [step, identity] }],
    ['of a diagnosis that was stopped', { ...TIMES, verdict: nothingMeasuredVerdict(), steps: [] }],
  ])('%s that is consistent has no contradiction', (_, report) => {
    expect(contradictions(report)).toEqual([]);
  });

  it.each(Object.entries(CONTRADICTING) as [keyof typeof RULES, readonly CheckedReport[]][])(
    'with a contradiction is found by the rule %s',
    (rule, reports) => {
      expect(reports.length).toBeGreaterThan(0);
      for (const report of reports) expect([report, RULES[rule](report)]).not.toEqual([report, []]);
    },
  );
});
