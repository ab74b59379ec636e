import type { NotCompared } from './comparison.js';
import type { ParsedReport } from './parsed-report.js';
import type { Sample } from './statistics/estimates.js';

/** A stage that means the same in both runs. */
export interface AlignedStage {
  readonly stage: string;
  readonly a: Sample;
  readonly b: Sample;
}

/** With fewer, not even the median has an interval. */
const MIN_TIMES = 5;

/** The stages that can be compared, in the order of the path, and the reason for each that cannot. */
export function alignStages(
  a: ParsedReport,
  b: ParsedReport,
): { readonly aligned: AlignedStage[]; readonly notCompared: NotCompared[] } {
  const aligned: AlignedStage[] = [];
  const notCompared: NotCompared[] = [];
  for (const stage of new Set([...a.stages.keys(), ...b.stages.keys()])) {
    const [ofA, ofB] = [a.stages.get(stage), b.stages.get(stage)];
    const why = reasonNotToCompare(stage, a, b, ofA, ofB);
    if (why !== undefined) notCompared.push({ stage, why });
    else if (ofA !== undefined && ofB !== undefined) aligned.push({ stage, a: ofA, b: ofB });
  }
  return { aligned, notCompared };
}

function reasonNotToCompare(
  stage: string,
  a: ParsedReport,
  b: ParsedReport,
  ofA?: Sample,
  ofB?: Sample,
): string | undefined {
  if (ofA === undefined || ofB === undefined)
    return `not measured in the ${ofA === undefined ? 'first' : 'second'} run`;
  if (a.proxy !== b.proxy && LEG_STAGES.includes(stage))
    return `with a proxy, it covers the path to the proxy only (${a.proxy ?? 'none'} / ${b.proxy ?? 'none'})`;
  if (a.plan['mode'] !== b.plan['mode'] && WORK_STAGES.includes(stage))
    return 'the runs performed different operations';
  if (a.plan['reuse'] !== b.plan['reuse'] && WORK_STAGES.includes(stage))
    return 'only one of the runs reused its connection';
  if (a.level !== b.level && WORK_STAGES.includes(stage)) return `${a.level} and ${b.level} are different calls`;
  if (stage === 'sinceScheduled' && JSON.stringify(a.plan) !== JSON.stringify(b.plan))
    return 'the runs had different schedules';
  if (TOTAL_STAGES.includes(stage) && parts(a) !== parts(b))
    return `it includes different stages (${parts(a)} / ${parts(b)})`;
  if (Math.min(ofA.count, ofB.count) < MIN_TIMES) return `it has fewer than ${MIN_TIMES} times`;
  return undefined;
}

/** Stages of the TCP connection itself, which ends at the proxy if there is one. */
const LEG_STAGES = ['dns', 'tcp', 'proxy'];

/** Stages whose duration depends on the requested operation. */
const WORK_STAGES = ['rpc', 'data', 'total', 'sinceScheduled'];

function parts({ stages }: ParsedReport): string {
  return [...stages.keys()].filter((stage) => !TOTAL_STAGES.includes(stage)).join(' ');
}

/** Stages that include the others. */
export const TOTAL_STAGES: readonly string[] = ['total', 'sinceScheduled'];
