import type { StageTime } from 'tentacle-protocol';
import type { Failure, FailureId } from 'tentacle-protocol/diagnostics';
import type { Transfer } from './transfer-report.js';

/** The record of one attempt. Plain JSON: every output is derived from these. */
export interface AttemptRecord {
  /** From 1; warm-up attempts have lower numbers. */
  readonly number: number;
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** UTC, ISO 8601, milliseconds: when it failed, which may be long after it started. */
  readonly failedAt?: string;
  /** The one address that was tried, with a proxy the proxy's; absent when the name was not resolved. */
  readonly address?: string;
  /** The local end of the connection that it opened or tried to open. */
  readonly localAddress?: string;
  readonly localPort?: number;
  /** The name that its calls carry, by which the other end's record of its connection is found. */
  readonly activityId?: string;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** Whether it reused a connection that an earlier attempt had opened. */
  readonly reused: boolean;
  /** Completed stages, in order. */
  readonly stages: readonly StageTime[];
  /** From start to end, without the time to find out what the peer is (`peerProbeUs`). */
  readonly totalUs: number;
  /** From its scheduled time to its end; absent where each attempt waits for one before it (--interval 0). */
  readonly sinceScheduledUs?: number;
  /** No worker was free when it became due. */
  readonly isLate?: true;
  /** NEXT and PROCEED on a reused connection: part of the total, but of no stage. */
  readonly turnaroundUs?: number;
  /** The time to find out what the peer is, in the first attempt that went far enough. */
  readonly peerProbeUs?: number;
  /** Data streams that were transferred, completely or in part. */
  readonly transfers?: readonly Transfer[];
  readonly failure?: Failure;
}
