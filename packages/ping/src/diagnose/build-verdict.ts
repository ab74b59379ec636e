import { failureVerdict, type Verdict } from 'tentacle-protocol/diagnostics';
import { nothingMeasuredVerdict, pathWorksVerdict } from '../report/run-verdicts.js';
import type { DiagnosisContext, Problem } from './diagnosis-context.js';

/**
 * Builds the headline from the first problem, in the order of the path. Where the whole path works, the problem is a name
 * with dead addresses or a path that fails intermittently. A confirmed cause replaces the several causes that the failure
 * alone allows; a root cause comes before the earlier problem that it explains.
 */
export function buildVerdict(context: DiagnosisContext): Verdict {
  const problem = firstProblem(context);
  const counts = { sent: 1, ok: 0, failed: 1 };
  if (problem === undefined) {
    return context.tls === undefined ? nothingMeasuredVerdict() : pathWorksVerdict(context.peer?.level ?? 'tls');
  }
  const verdict = failureVerdict(problem.failure.id, problem.observation, 1, counts);
  const cause = context.confirmedCauses.get(verdict.id);
  if (cause !== undefined) return { ...verdict, means: `${verdict.means} ${cause}`, certainty: { kind: 'conclusive' } };
  const remaining = context.remainingCauses.get(verdict.id);
  if (remaining === undefined) return verdict;
  const { explanation, left } = remaining;
  const certainty =
    left === undefined ? verdict.certainty : { kind: 'ambiguous' as const, causes: left.causes, howToTell: left.test };
  return { ...verdict, means: `${verdict.means} ${explanation}`, certainty };
}

function firstProblem({ problems, reachable }: DiagnosisContext): Problem | undefined {
  // The step `addresses` sums up a dead address beside a good one, and matters only after what fails on the good one.
  const isSummedUp = (problem: Problem): boolean => problem.stepId === 'tcp' && reachable.length > 0;
  const candidates = problems.filter((problem) => !isSummedUp(problem));
  return (
    candidates.find(({ isRootCause }) => isRootCause) ??
    candidates.find(({ stepId }) => stepId !== 'addresses') ??
    candidates[0]
  );
}

/** What is still unknown: causes that no test of this run could separate, and steps that could not be run. */
export function listUnknowns({ steps, usesProxy }: DiagnosisContext, verdict: Verdict): string[] {
  const causes =
    verdict.certainty.kind === 'ambiguous'
      ? [`Which of these causes applies: ${verdict.certainty.causes.join('; or ')}`]
      : [];
  const skippedSteps = steps.filter(
    ({ status, id }) => status === 'skipped' && !['name', 'sni', 'proxy', 'direct'].includes(id),
  );
  // Through a proxy, a direct connection need not work.
  const irrelevant = usesProxy ? ['name', 'tcp', 'direct'] : [];
  const unclear = steps.filter(({ status, id }) => status === 'unknown' && !irrelevant.includes(id));
  return [...causes, ...[...unclear, ...skippedSteps].map(({ id, title }) => `${id}: ${title}`)];
}
