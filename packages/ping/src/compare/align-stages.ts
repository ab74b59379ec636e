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
    if (ofA === undefined || ofB === undefined) {
      notCompared.push({ stage, why: `it was not measured in the ${ofA === undefined ? 'first' : 'second'} run` });
      continue;
    }
    const pair = { stage, a: ofA, b: ofB };
    const why = reasonNotToCompare(pair, a, b);
    if (why === undefined) aligned.push(pair);
    else notCompared.push({ stage, why });
  }
  return { aligned, notCompared };
}

/** Why a stage that both runs measured does not mean the same in both; undefined where it does. */
function reasonNotToCompare(pair: AlignedStage, a: ParsedReport, b: ParsedReport): string | undefined {
  const { stage } = pair;
  if (a.proxy !== b.proxy && LEG_STAGES.includes(stage))
    return `with a proxy, it covers only the path to the proxy (${a.proxy ?? 'none'} / ${b.proxy ?? 'none'})`;
  if (a.plan['mode'] !== b.plan['mode'] && WORK_STAGES.includes(stage))
    return 'the runs performed different operations';
  if (a.plan['reuse'] !== b.plan['reuse'] && WORK_STAGES.includes(stage))
    return 'only one of the runs reused its connection';
  if (a.level !== b.level && WORK_STAGES.includes(stage)) return `${a.level} and ${b.level} are different calls`;
  if (stage === 'sinceScheduled' && JSON.stringify(a.plan) !== JSON.stringify(b.plan))
    return 'the runs had different schedules';
  if (TOTAL_STAGES.includes(stage) && parts(a) !== parts(b))
    return `it includes different stages (${parts(a)} / ${parts(b)})`;
  if (Math.min(pair.a.count, pair.b.count) < MIN_TIMES) return `one run measured it fewer than ${MIN_TIMES} times`;
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
