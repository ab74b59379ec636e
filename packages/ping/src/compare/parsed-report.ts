import type { Attempts } from '../report/report.js';
import type { Sample } from './statistics/estimates.js';

/** One of the reports to compare, every part of it validated. */
export interface ParsedReport {
  readonly file: string;
  readonly target: { readonly host: string; readonly port: number };
  /** The address that was connected to; unknown behind a proxy. */
  readonly address?: string;
  /** `host:port` of the proxy that was used. */
  readonly proxy?: string;
  readonly peerKind: string;
  readonly thumbprint?: string;
  /** The measured level. */
  readonly level: string;
  /** The options that affect the times, as text: `reuse`, `concurrency`, ... */
  readonly plan: Readonly<Record<string, string>>;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: Attempts;
  /** `ok` and failure ids. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly stages: ReadonlyMap<string, Sample>;
  /** Ids of the report's warnings. */
  readonly warnings: readonly string[];
  /** Consecutive attempts, in order. Empty if the report does not contain them. */
  readonly attemptSequence: readonly AttemptOutcome[];
}

/** One attempt of the sequence. */
export interface AttemptOutcome {
  readonly ok: boolean;
  readonly stagesUs: Readonly<Record<string, number>>;
}
