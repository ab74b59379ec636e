import { DurationHistogram, omitUndefined } from 'tentacle-protocol/cli';
import type { ConnectionRecord } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { PairedStage, PairedTimes } from '../report/remote-view.js';

/** Where a record has the time of each stage. */
const RECORD_KEYS = { tls: 'tlsUs', identity: 'identityUs', rpc: 'rpcUs' } as const satisfies Readonly<
  Record<PairedStage, keyof ConnectionRecord>
>;

/** An attempt and its record at the other end. */
interface Pair {
  readonly attempt: AttemptRecord;
  readonly record: ConnectionRecord;
}

/** Returns the times of both ends, by stage; undefined where no pair has any. */
export function pairedTimes(pairs: readonly Pair[]): Partial<Record<PairedStage, PairedTimes>> | undefined {
  const stages = (Object.keys(RECORD_KEYS) as PairedStage[]).flatMap((stage) => {
    const times = timesOf(stage, pairs);
    return times === undefined ? [] : [[stage, times] as const];
  });
  return stages.length === 0 ? undefined : Object.fromEntries(stages);
}

function timesOf(stage: PairedStage, pairs: readonly Pair[]): PairedTimes | undefined {
  const here = new DurationHistogram();
  const there = new DurationHistogram();
  const differences: number[] = [];
  for (const { attempt, record } of pairs) {
    const hereUs = attempt.stages.find((time) => time.stage === stage)?.durationUs;
    const thereUs = record[RECORD_KEYS[stage]];
    if (hereUs === undefined || thereUs === undefined) continue;
    here.add(hereUs);
    there.add(thereUs);
    differences.push(hereUs - thereUs);
  }
  if (differences.length === 0) return undefined;
  return {
    here: here.figures,
    there: there.figures,
    ...omitUndefined({ networkUs: stage === 'tls' ? undefined : Math.max(0, median(differences)) }),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
