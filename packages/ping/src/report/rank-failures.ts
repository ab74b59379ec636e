import { STAGES } from 'tentacle-protocol';
import { counted, identifiesPeer, type FailureId, type Observation, type Verdict } from 'tentacle-protocol/diagnostics';

/** One failure of a run, with the verdict that it would have. */
export interface Finding {
  readonly id: FailureId;
  readonly count: number;
  readonly observation: Observation;
  readonly verdict: Verdict;
}

/**
 * Failures that only say that a connection ended, or that nothing arrived, after TCP and before the first answer: any
 * cause that another attempt shows in these stages may be theirs.
 */
const UNEXPLAINED: readonly FailureId[] = [
  'tls.closed',
  'tls.reset',
  'trust.closed-after-identity',
  'identity.closed',
  'identity.timeout',
  'rpc.closed',
  'rpc.reset',
];

/** In TLS 1.3 a rejection of the handshake arrives as late as in the first call. */
const BEFORE_THE_FIRST_ANSWER: readonly string[] = ['tls', 'trust', 'identity', 'rpc'];

/** A certain failure that is rarer than this among all failures is mentioned, and not the headline. */
const SHARE_MIN = 0.1;

/**
 * Returns the failure that a run's headline is about; undefined without one.
 *
 * 1. A failure whose cause is known, or in which the peer identifies itself, represents the unexplained ones at the same
 *    address that may have the same cause: an alert in one attempt explains the resets of others.
 * 2. Such a failure comes before the others, unless it and what it explains are less than a tenth of all failures: 90
 *    timeouts and one alert are foremost a matter of timeouts.
 * 3. Then the most frequent one, and of equally frequent ones the earliest on the path.
 *
 * The headline states the number of each failure, so that none is hidden by this order.
 */
export function rankFailures(findings: readonly Finding[]): Verdict | undefined {
  const failed = findings.reduce((sum, { count }) => sum + count, 0);
  const ranked = findings
    .map((finding) => {
      const explained = isExplained(finding) ? findings.filter((other) => mayHaveSameCause(finding, other)) : [];
      const weight = explained.reduce((sum, { count }) => sum + count, finding.count);
      const isFirst = isExplained(finding) && weight >= failed * SHARE_MIN;
      return { finding, explained, weight, isFirst, isCertain: isCertain(finding) };
    })
    .sort(
      (a, b) =>
        Number(b.isFirst) - Number(a.isFirst) ||
        b.weight - a.weight ||
        Number(b.isCertain) - Number(a.isCertain) ||
        stageIndex(a.finding) - stageIndex(b.finding),
    );
  const [first] = ranked;
  if (first === undefined) return undefined;
  const { verdict } = first.finding;
  return first.explained.length === 0
    ? verdict
    : { ...verdict, means: `${verdict.means} ${sameCauseText(first.explained)}` };
}

function isCertain({ verdict: { certainty } }: Finding): boolean {
  return certainty.kind === 'conclusive';
}

function isExplained(finding: Finding): boolean {
  return isCertain(finding) || identifiesPeer(finding.id);
}

function mayHaveSameCause(explanation: Finding, other: Finding): boolean {
  const [a, b] = [explanation.observation, other.observation];
  return (
    other !== explanation &&
    UNEXPLAINED.includes(other.id) &&
    !isCertain(other) &&
    [a, b].every(({ signature }) => BEFORE_THE_FIRST_ANSWER.includes(signature.shownAt)) &&
    (b.facts.callsBefore ?? 0) === 0 &&
    a.facts.address === b.facts.address
  );
}

function sameCauseText(explained: readonly Finding[]): string {
  const each = explained.map(({ id, count }) => `${counted(count, 'attempt')} with ${id}`);
  return `The failure of ${each.join(' and ')} can have the same cause.`;
}

function stageIndex({ observation }: Finding): number {
  return STAGES.indexOf(observation.signature.shownAt);
}
