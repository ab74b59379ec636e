import { formatDuration, omitUndefined } from 'tentacle-protocol/cli';
import { failureVerdict, type Observation, type Step, type Verdict } from 'tentacle-protocol/diagnostics';
import { nothingMeasuredVerdict, pathWorksVerdict } from '../report/run-verdicts.js';
import type { DiagnosisContext, Problem } from './diagnosis-context.js';
import type { DiagnosisVerdict } from './diagnosis-report.js';
import { stepName } from './step-name.js';

/**
 * Builds the headline from all problems. A root cause comes first, then a failure with one certain cause, then the first
 * on the path. Where the whole path works, the problem is a name with dead addresses or a path that fails intermittently.
 */
export function buildVerdict(context: DiagnosisContext): DiagnosisVerdict {
  const problem = decisiveProblem(context);
  const isStopped = context.notRun.size > 0;
  if (problem !== undefined) {
    const verdict = verdictOfProblem(context, problem);
    if (!isStopped) return verdict;
    return { ...verdict, means: `${verdict.means} The run was stopped before the remaining steps.` };
  }
  if (isStopped) return stoppedVerdict(context);
  return context.tls === undefined ? nothingMeasuredVerdict() : pathWorksVerdict(context.peer?.level ?? 'tls');
}

function decisiveProblem(context: DiagnosisContext): Problem | undefined {
  const { problems, reachable } = context;
  // The step `addresses` sums up a dead address beside a good one, and matters only after what fails on the good one.
  const isSummedUp = ({ stepId }: Problem): boolean => stepId === 'tcp' && reachable.length > 0;
  const candidates = problems.filter((problem) => !isSummedUp(problem) && !isBeside(problem));
  const onPath = candidates.filter(({ stepId }) => stepId !== 'addresses');
  return (
    onPath.find(({ isRootCause }) => isRootCause) ??
    onPath.find((problem) => isConclusive(context, problem)) ??
    onPath[0] ??
    candidates[0] ??
    problems.find(isBeside)
  );
}

/** Problems of a web client that Halibut does not have, so that they explain nothing else. */
const isBeside = ({ stepId }: Problem): boolean => stepId === 'web-certificate';

/** What the run found beside the verdict, each as a verdict of its own. */
export function listOtherFindings(context: DiagnosisContext, { id }: DiagnosisVerdict): DiagnosisVerdict[] {
  return context.problems
    .filter((problem) => isBeside(problem) && problem.failure.id !== id)
    .map((problem) => verdictOfProblem(context, problem));
}

/** Whether a failure that no further attempt can explain away has one cause: an intermittent one leaves the path working. */
function isConclusive(context: DiagnosisContext, problem: Problem): boolean {
  return problem.share === undefined && verdictOfProblem(context, problem).certainty.kind === 'conclusive';
}

/** The verdict of one problem. A confirmed cause replaces the several causes that the failure alone allows. */
function verdictOfProblem(context: DiagnosisContext, problem: Problem): Verdict {
  const { failure, stepId, share } = problem;
  const observation = withRunFacts(context, problem.observation);
  const { failed, of } = share ?? { failed: 1, of: 1 };
  const alone = failureVerdict(failure.id, observation, failed, { sent: of, ok: of - failed, failed });
  const verdict = {
    ...alone,
    means: `${alone.means}${contrast(context, stepId, observation)}`,
    next: alone.next.filter((step) => !isDiagnosis(step)),
  };
  const cause = context.confirmedCauses.get(verdict.id);
  // Each cause was seen on a connection of this run. What could make it false is beside the step that confirms it.
  if (cause !== undefined) return { ...verdict, means: `${verdict.means} ${cause}`, certainty: { kind: 'conclusive' } };
  const remaining = context.remainingCauses.get(verdict.id);
  if (remaining === undefined) return verdict;
  const { explanation, left } = remaining;
  const certainty =
    left === undefined ? verdict.certainty : { kind: 'ambiguous' as const, causes: left.causes, howToTell: left.test };
  return { ...verdict, means: `${verdict.means} ${explanation}`, certainty };
}

/** Adds what later steps of the run found about the peer: the texts of a failure go by it. */
function withRunFacts(context: DiagnosisContext, { signature, facts }: Observation): Observation {
  const { page, arrivedThumbprint, isTrustedThere, onlyOldTlsVersions, isProxyHeaderExcluded, tls } = context;
  const found = omitUndefined({
    peerKind: page?.author,
    arrivedThumbprint,
    isTrustedThere,
    onlyOldTlsVersions,
    isProxyHeaderExcluded,
    clientCertificateRequested: tls?.clientCertificateRequested,
  });
  return { signature, facts: { ...found, ...facts } };
}

/** Whether the step is what this run has just done. */
const isDiagnosis = ({ linux = '' }: Step): boolean => linux.startsWith('tentacle-ping diagnose ');

/** Said where some connections of the run succeed and others fail. */
export const INTERMITTENT = ' Other connections of this run succeeded, so it fails intermittently.';

/** What worked in the same run although this stage failed: on another address, or on another connection. */
function contrast({ handshakes }: DiagnosisContext, stepId: string, { signature, facts }: Observation): string {
  const { address } = facts;
  // What shows later is of the exchange after the handshake. An option that is offered on its own fails on its own.
  if ((signature.shownAt !== 'tcp' && signature.shownAt !== 'tls') || stepId === 'tls-offers') return '';
  const working = [...new Set(handshakes.map((one) => one.address))];
  if (working.length === 0) return '';
  if (stepId === 'tls') return ` TLS works with ${working.join(', ')}.`;
  const sameAddress = address === undefined || working.includes(address);
  return sameAddress ? INTERMITTENT : '';
}

/** Steps that only describe this machine and the name: they say nothing about the path to the peer. */
const BEFORE_THE_PATH = ['settings', 'local', 'name'];

/** The verdict of a run that was stopped before a step found a problem: what worked, and what is unknown. */
function stoppedVerdict({ steps, interrupted, notRun }: DiagnosisContext): DiagnosisVerdict {
  const worked = steps.filter(({ id, status }) => ['ok', 'warning'].includes(status) && !BEFORE_THE_PATH.includes(id));
  const next: Step[] = [
    { who: 'you', action: 'Run the diagnosis again and let it complete. To shorten its waits, use --timeout.' },
  ];
  const hasName = steps.some(({ id, status }) => id === 'name' && status === 'ok');
  const names = [...new Set(worked.map(({ id }) => stepName(id)))];
  const found =
    names.length === 0
      ? hasName
        ? 'The name was resolved.'
        : 'The run was stopped before a step of the path completed.'
      : `Until then, these steps found no problem: ${names.join(', ')}.`;
  const running =
    interrupted === undefined
      ? ''
      : ` The step ${stepName(interrupted.id)} had been running for ${formatDuration(interrupted.elapsedUs)}.`;
  const rest = [...notRun].filter((id) => id !== interrupted?.id).map(stepName);
  const missing = rest.length === 0 ? '' : ` Nothing is known about the steps that did not run: ${rest.join(', ')}.`;
  const means = `${found}${running}${missing}`;
  if (names.length === 0 && !hasName) return { ...nothingMeasuredVerdict(), means, next };
  return {
    id: 'stopped',
    title: 'The run was stopped before it was complete',
    means,
    certainty: { kind: 'unknown' },
    next,
  };
}

/** What is still unknown: causes that no test of this run could separate, and steps that could not be run. */
export function listUnknowns(
  { steps, usesProxy, interrupted, notRun }: DiagnosisContext,
  verdict: DiagnosisVerdict,
): string[] {
  // The causes themselves are beside the verdict.
  const causes = verdict.certainty.kind === 'ambiguous' ? ['which of the possible causes applies'] : [];
  const skippedSteps = steps.filter(
    ({ status, id }) => status === 'skipped' && !['name', 'sni', 'proxy', 'direct'].includes(id),
  );
  // Through a proxy, a direct connection need not work.
  const irrelevant = usesProxy ? ['name', 'tcp', 'direct'] : [];
  const unclear = steps.filter(({ status, id }) => status === 'unknown' && !irrelevant.includes(id));
  return [
    ...causes,
    ...[...unclear, ...skippedSteps].map(({ id, title }) => `${stepName(id)}: ${title}`),
    ...[...(interrupted === undefined ? [] : [interrupted.id])].map((id) => `${stepName(id)}: stopped while it ran`),
    ...[...notRun].filter((id) => id !== interrupted?.id).map((id) => `${stepName(id)}: did not run`),
  ];
}
