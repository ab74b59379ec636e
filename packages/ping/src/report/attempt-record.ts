import type { Failure, FailureId, StageTime } from 'tentacle-protocol';
import type { Transfer } from './transfer-report.js';

/** What one attempt saw. Plain JSON: every output is a function of these. */
export interface AttemptRecord {
  /** From 1; those that only warm up are before. */
  readonly number: number;
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** The one address that was tried, with a proxy the proxy's; absent when the name was not resolved. */
  readonly address?: string;
  /** Ours, of the connection that it made or tried to make. */
  readonly localAddress?: string;
  readonly localPort?: number;
  /** The name that its calls carry, by which the other end's record of its connection is found. */
  readonly activityId?: string;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** Whether it used a connection that an earlier attempt had made. */
  readonly reused: boolean;
  /** Stages that were passed, in order. */
  readonly stages: readonly StageTime[];
  /** From start to end, without what was asked beside the measurement (`askedUs`). */
  readonly totalUs: number;
  /** From when it was due to its end; absent where each attempt waits for one before it (--interval 0). */
  readonly fromDueUs?: number;
  /** As many as may be were under way when it became due. */
  readonly isLate?: true;
  /** NEXT and PROCEED on a kept connection: in the total, in no stage. */
  readonly turnUs?: number;
  /** Finding out what the peer is, in the first attempt that got so far. */
  readonly askedUs?: number;
  /** Data streams that were moved, whole or in part. */
  readonly transfers?: readonly Transfer[];
  readonly failure?: Failure;
}
