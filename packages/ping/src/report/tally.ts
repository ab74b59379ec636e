import { type Direction, nowUs, type Stage } from 'tentacle-protocol';
import { DurationHistogram } from 'tentacle-protocol/cli';
import { type Evidence, type FailureId, RecordRing, type Observation } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';
import { AttemptSequence } from './attempt-sequence.js';
import { ProgressByAddress } from './progress-by-address.js';
import { TimelineTally } from './timeline.js';

/** The occurrences of one failure in a run. */
export interface FailureCount {
  readonly id: FailureId;
  count: number;
  /** UTC, when the first and the last of these attempts failed. */
  readonly firstAt: string;
  lastAt: string;
  /** Of the first one. */
  readonly evidence: Evidence;
  /** The first one, for the texts. */
  readonly observation: Observation;
}

/**
 * Stages that have figures, and the whole attempt: from its start, and from its scheduled time. `upload` and `download`
 * are the transfers of `data` in one direction; `other` is the time of a successful attempt that belongs to no stage.
 */
export type MeasuredStage = Exclude<Stage, 'trust' | 'idle'> | Direction | 'other' | 'total' | 'sinceScheduled';

/**
 * The records of each kind that a report contains. A record is about half a kilobyte of JSON, so a report stays around a
 * megabyte, which can be attached to a ticket.
 */
const RECORDS_KEPT = 1000;

/** Counts attempts in constant memory. */
export class Tally {
  readonly failures = new Map<FailureId, FailureCount>();
  readonly stages = new Map<MeasuredStage, DurationHistogram>();
  /** The last records, failures apart from successes: however many attempts succeed, the failures are kept. */
  readonly records = new RecordRing<AttemptRecord>(RECORDS_KEPT, ({ outcome }) => (outcome === 'ok' ? 'ok' : 'failed'));
  /** The order of attempts, and the outages in it. */
  readonly sequence = new AttemptSequence();
  /** The attempts over time. */
  readonly timeline = new TimelineTally();
  /** How far attempts got at each address. */
  readonly progress = new ProgressByAddress();
  /** The failure that happened last. */
  lastFailure: FailureId | undefined;
  ok = 0;
  failed = 0;
  cancelled = 0;
  /** Whether any byte of a data stream moved. */
  hasMovedData = false;
  /** Of the successful ones, those on a connection that an earlier attempt had opened. */
  okReused = 0;
  /** Attempts that started after the scheduled time. */
  late = 0;
  #firstUs: number | undefined;
  #lastUs = 0;
  /** Warm-up attempts, excluded from all other results. */
  readonly warmup = { sent: 0, failed: 0 };

  add(record: AttemptRecord, observation?: Observation): void {
    if (record.number <= 0) {
      this.warmup.sent++;
      if (record.outcome !== 'ok' && record.outcome !== 'cancelled') this.warmup.failed++;
      return;
    }
    const nowIs = nowUs();
    this.#firstUs ??= nowIs - record.totalUs - (record.peerProbeUs ?? 0);
    this.#lastUs = nowIs;
    this.records.add(record);
    this.sequence.add(record);
    this.timeline.add(record);
    this.progress.add(record);
    if (record.isLate) this.late++;
    // Completed stages count, also in an attempt that failed later.
    let inStagesUs = 0;
    for (const { stage, durationUs } of record.stages) {
      // Trust has no row of its own: its time is in `other`, so that the rows add up.
      if (stage !== 'trust') inStagesUs += durationUs;
      if (stage !== 'trust' && stage !== 'idle') this.#time(stage, durationUs);
    }
    for (const { direction, durationUs, isWhole, movedBytes } of record.transfers ?? []) {
      if (isWhole) this.#time(direction, durationUs);
      if (movedBytes > 0) this.hasMovedData = true;
    }
    if (record.outcome === 'ok') {
      this.ok++;
      if (record.reused) this.okReused++;
      this.#time('other', Math.max(0, record.totalUs - inStagesUs));
      this.#time('total', record.totalUs);
      if (record.sinceScheduledUs !== undefined) this.#time('sinceScheduled', record.sinceScheduledUs);
    } else if (record.outcome === 'cancelled') {
      this.cancelled++;
    } else {
      this.failed++;
      this.lastFailure = record.outcome;
      this.#countFailure(record.outcome, record, observation);
    }
  }

  get sent(): number {
    return this.ok + this.failed + this.cancelled;
  }

  /** From the first attempt's start to the last one's end. */
  get spanUs(): number {
    return this.#firstUs === undefined ? 0 : this.#lastUs - this.#firstUs;
  }

  #time(stage: MeasuredStage, durationUs: number): void {
    let stats = this.stages.get(stage);
    if (stats === undefined) this.stages.set(stage, (stats = new DurationHistogram()));
    stats.add(durationUs);
  }

  #countFailure(id: FailureId, record: AttemptRecord, observation: Observation | undefined): void {
    const { startedAt, failedAt = startedAt, failure } = record;
    const known = this.failures.get(id);
    if (known !== undefined) {
      known.count++;
      if (failedAt > known.lastAt) known.lastAt = failedAt;
    } else if (failure !== undefined && observation !== undefined) {
      const { evidence } = failure;
      this.failures.set(id, { id, count: 1, firstAt: failedAt, lastAt: failedAt, evidence, observation });
    }
  }
}
