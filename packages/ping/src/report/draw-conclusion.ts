import { omitUndefined } from 'tentacle-protocol/cli';
import type { Diagnosis, FailureId, Step, Verdict } from 'tentacle-protocol/diagnostics';
import { CONCLUSIONS } from './remote-conclusions.js';
import { describeRecords, type RemoteEvidence, type RunCircumstances } from './remote-evidence.js';

/** What the other end's records add to a failure. Its certainty is absent where they do not change it. */
export interface Conclusion {
  readonly says?: string;
  readonly certainty?: Diagnosis;
  /** Steps that replace those of the failure. */
  readonly next?: readonly Step[];
}

/** Describes what the other end recorded of one failure, and what that proves. */
export function drawConclusion(id: FailureId, evidence: RemoteEvidence, circumstances: RunCircumstances): Conclusion {
  const recorded = describeRecords(evidence);
  if (recorded === undefined) return {};
  const conclusion = CONCLUSIONS.find(({ when, ids, needs }) => {
    const fitting = when.reduce((sum, key) => sum + evidence[key], 0);
    return fitting === evidence.of && ids.includes(id) && (needs?.(evidence, circumstances) ?? true);
  });
  if (conclusion === undefined) return { says: recorded };
  const { says, certainty, next, nextFor = conclusion.ids } = conclusion;
  return {
    says: `${recorded} ${typeof says === 'string' ? says : says(circumstances)}`,
    certainty,
    ...(next !== undefined && nextFor.includes(id) ? { next } : {}),
  };
}

/** Adds what the other end recorded to a verdict. Its certainty changes only where that proves it. */
export function withRemoteEvidence(
  verdict: Verdict,
  evidence: RemoteEvidence,
  circumstances: RunCircumstances,
): Verdict {
  if (!isFailure(verdict.id)) return verdict;
  const { says, certainty, next } = drawConclusion(verdict.id, evidence, circumstances);
  if (says === undefined) return verdict;
  return { ...verdict, means: `${verdict.means} ${says}`, ...omitUndefined({ certainty, next }) };
}

function isFailure(id: Verdict['id']): id is FailureId {
  return id !== 'ok' && id !== 'nothing-measured';
}
