import type { Evidence, FailureId, Sighting, Stage } from 'tentacle-protocol';
import type { AttemptRecord } from '../record.js';
import { RecordRing } from './record-ring.js';
import { StageStats } from './stage-stats.js';

/** What is known of one kind of failure in a run. */
export interface FailureCount {
  readonly id: FailureId;
  count: number;
  /** UTC, when the first and the last attempt that ended so began. */
  readonly firstAt: string;
  lastAt: string;
  /** Of the first one. */
  readonly evidence: Evidence;
  /** The first one, for the words. */
  readonly sighting: Sighting;
}

/** Stages that have figures, and the whole. */
export type MeasuredStage = Exclude<Stage, 'trust'> | 'total';

/** Counts attempts. Constant memory, however many. */
export class Tally {
  readonly failures = new Map<FailureId, FailureCount>();
  readonly stages = new Map<MeasuredStage, StageStats>();
  readonly records = new RecordRing();
  ok = 0;
  failed = 0;
  cancelled = 0;

  add(record: AttemptRecord, sighting?: Sighting): void {
    this.records.add(record);
    // Stages that were passed count, also in an attempt that failed later.
    for (const { stage, durationUs } of record.stages) if (stage !== 'trust') this.#time(stage, durationUs);
    if (record.outcome === 'ok') {
      this.ok++;
      this.#time('total', record.totalUs);
    } else if (record.outcome === 'cancelled') {
      this.cancelled++;
    } else {
      this.failed++;
      this.#countFailure(record.outcome, record, sighting);
    }
  }

  get sent(): number {
    return this.ok + this.failed + this.cancelled;
  }

  #time(stage: MeasuredStage, durationUs: number): void {
    let stats = this.stages.get(stage);
    if (stats === undefined) this.stages.set(stage, (stats = new StageStats()));
    stats.add(durationUs);
  }

  #countFailure(id: FailureId, { startedAt, failure }: AttemptRecord, sighting: Sighting | undefined): void {
    const known = this.failures.get(id);
    if (known !== undefined) {
      known.count++;
      known.lastAt = startedAt;
    } else if (failure !== undefined && sighting !== undefined) {
      const { evidence } = failure;
      this.failures.set(id, { id, count: 1, firstAt: startedAt, lastAt: startedAt, evidence, sighting });
    }
  }
}
