import type { Failure, Verdict, Warning } from 'tentacle-protocol';
import type { PlainPlan } from '../plan.js';

/** JSON values, as evidence holds them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a step came to. `unknown`: it was taken and told nothing; `skipped`: it could not be taken, and `title` says why. */
export type Status = 'ok' | 'warning' | 'problem' | 'unknown' | 'skipped';

/** One step of the diagnosis, as it was taken. */
export interface TakenStep {
  /** API: `name`, `tcp`, `tls`, ... */
  readonly id: string;
  readonly status: Status;
  /** One line: what was found. */
  readonly title: string;
  readonly durationUs: number;
  readonly evidence: Readonly<Record<string, Json>>;
  /** The failure that the step met. */
  readonly failure?: Failure;
}

/** Everything that `tentacle-ping diagnose` found. Plain JSON. */
export interface Diagnosis {
  readonly schema: 'tentacle-ping/diagnosis/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  readonly plan: PlainPlan;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: Verdict;
  readonly steps: readonly TakenStep[];
  readonly warnings: readonly Warning[];
  /** What this run could not tell. */
  readonly unknown: readonly string[];
  /** Lines that the peer's log will hold because of this run. */
  readonly traces: readonly string[];
}
