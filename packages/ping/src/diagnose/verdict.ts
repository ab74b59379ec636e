import { failureVerdict, nothingMeasured, type Verdict, wayIsOpen } from 'tentacle-protocol';
import type { Inquiry, Problem } from './inquiry.js';

/**
 * The headline: the first problem on the way, in the path's order; where the whole path works, a name with dead
 * addresses or a path that works now and then is the problem. A cause that a test of this run settled replaces the
 * several that the sighting alone allows; one that names the cause of an earlier problem comes before it.
 */
export function verdictOf(inquiry: Inquiry): Verdict {
  const problem = firstProblem(inquiry);
  const counts = { sent: 1, ok: 0, failed: 1 };
  if (problem === undefined) {
    return inquiry.tls === undefined ? nothingMeasured() : wayIsOpen(inquiry.peer?.level ?? 'tls');
  }
  const verdict = failureVerdict(problem.failure.id, problem.sighting, 1, counts);
  const cause = inquiry.settled.get(verdict.id);
  if (cause !== undefined) return { ...verdict, means: `${verdict.means} ${cause}`, certainty: { kind: 'sure' } };
  const narrowed = inquiry.narrowed.get(verdict.id);
  if (narrowed === undefined) return verdict;
  const { says, left } = narrowed;
  const certainty = left === undefined ? verdict.certainty : ({ kind: 'one-of', ...left } as const);
  return { ...verdict, means: `${verdict.means} ${says}`, certainty };
}

function firstProblem({ problems, reachable }: Inquiry): Problem | undefined {
  // A dead address beside a good one is summed up by the step on addresses, and only after what fails on the good one.
  const dead = (problem: Problem): boolean => problem.stepId === 'tcp' && reachable.length > 0;
  const onTheWay = problems.filter((problem) => !dead(problem));
  return (
    onTheWay.find(({ isCause }) => isCause) ?? onTheWay.find(({ stepId }) => stepId !== 'addresses') ?? onTheWay[0]
  );
}

/** What is still unknown: causes that no test of this run could separate, and steps that could not be taken. */
export function unknownOf({ steps, goesThroughProxy }: Inquiry, verdict: Verdict): string[] {
  const causes =
    verdict.certainty.kind === 'one-of' ? [`which of these it is: ${verdict.certainty.causes.join('; or ')}`] : [];
  const untaken = steps.filter(
    ({ status, id }) => status === 'skipped' && !['name', 'sni', 'proxy', 'direct'].includes(id),
  );
  // Through a proxy it does not matter what works past it.
  const beside = goesThroughProxy ? ['name', 'tcp', 'direct'] : [];
  const unclear = steps
    .filter(({ status, id }) => status === 'unknown' && !beside.includes(id))
    .map(({ id, title }) => `${id}: ${title}`);
  return [...causes, ...unclear, ...untaken.map(({ id, title }) => `${id}: ${title}`)];
}
