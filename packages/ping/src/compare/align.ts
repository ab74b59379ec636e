import type { NotCompared } from './comparison.js';
import type { Side } from './side.js';
import type { Sample } from './statistics/estimates.js';

/** A stage that means the same on both sides. */
export interface Aligned {
  readonly stage: string;
  readonly a: Sample;
  readonly b: Sample;
}

/** With fewer, not even the median has an interval. */
const TIMES_LEAST = 5;

/** Which stages may be compared, in the order of the path, and of the others why not. */
export function align(a: Side, b: Side): { readonly aligned: Aligned[]; readonly notCompared: NotCompared[] } {
  const aligned: Aligned[] = [];
  const notCompared: NotCompared[] = [];
  for (const stage of new Set([...a.stages.keys(), ...b.stages.keys()])) {
    const [ofA, ofB] = [a.stages.get(stage), b.stages.get(stage)];
    const why = whyNot(stage, a, b, ofA, ofB);
    if (why !== undefined) notCompared.push({ stage, why });
    else if (ofA !== undefined && ofB !== undefined) aligned.push({ stage, a: ofA, b: ofB });
  }
  return { aligned, notCompared };
}

function whyNot(stage: string, a: Side, b: Side, ofA?: Sample, ofB?: Sample): string | undefined {
  if (ofA === undefined || ofB === undefined) return `not measured by ${ofA === undefined ? 'the first' : 'the other'}`;
  if (a.proxy !== b.proxy && LEG_STAGES.includes(stage))
    return `with a proxy it is the way to the proxy (${a.proxy ?? 'none'} / ${b.proxy ?? 'none'})`;
  if (a.plan['mode'] !== b.plan['mode'] && WORK_STAGES.includes(stage)) return 'the two did different work';
  if (a.plan['reuse'] !== b.plan['reuse'] && WORK_STAGES.includes(stage))
    return 'on one side each attempt had a connection of its own';
  if (a.level !== b.level && WORK_STAGES.includes(stage)) return `${a.level} is not the same work as ${b.level}`;
  if (stage === 'fromDue' && JSON.stringify(a.plan) !== JSON.stringify(b.plan)) return 'the two had another pace';
  if (WHOLES.includes(stage) && parts(a) !== parts(b)) return `it is made of other stages (${parts(a)} / ${parts(b)})`;
  if (Math.min(ofA.count, ofB.count) < TIMES_LEAST) return `fewer than ${TIMES_LEAST} times`;
  return undefined;
}

/** Those of the connection itself, which with a proxy ends there. */
const LEG_STAGES = ['dns', 'tcp', 'proxy'];

/** Those whose length is that of the work that was asked for. */
const WORK_STAGES = ['rpc', 'data', 'total', 'fromDue'];

function parts({ stages }: Side): string {
  return [...stages.keys()].filter((stage) => !WHOLES.includes(stage)).join(' ');
}

/** Those that hold the others. */
export const WHOLES: readonly string[] = ['total', 'fromDue'];
