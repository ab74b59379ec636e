import type { Failure, Verdict, Warning } from 'tentacle-protocol/diagnostics';
import type { BaseOptions } from '../options/run-options.js';

/** A JSON value in the evidence of a step. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The result of a step. `unknown`: it ran and showed nothing; `skipped`: it could not run, and `title` has the reason. */
export type Status = 'ok' | 'warning' | 'problem' | 'unknown' | 'skipped';

/** One step of the diagnosis with its result. */
export interface DiagnosisStep {
  /** API: `name`, `tcp`, `tls`, ... */
  readonly id: string;
  readonly status: Status;
  /** What was found, in at most 62 characters unless a name in it is long. */
  readonly title: string;
  /** What was observed beyond it: sentences, or lists of names and values. */
  readonly details?: readonly string[];
  readonly durationUs: number;
  readonly evidence: Readonly<Record<string, Json>>;
  /** The failure that the step met. */
  readonly failure?: Failure;
}

/** A verdict like that of a run. `stopped`: the run ended early, and the steps until then found no problem. */
export type DiagnosisVerdict = Omit<Verdict, 'id'> & { readonly id: Verdict['id'] | 'stopped' };

/** The result of `tentacle-ping diagnose`. Plain JSON. */
export interface DiagnosisReport {
  readonly schema: 'tentacle-ping/diagnosis/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  readonly plan: BaseOptions;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: DiagnosisVerdict;
  /** What else has to be repaired or known, independently of the verdict. */
  readonly otherFindings: readonly DiagnosisVerdict[];
  readonly steps: readonly DiagnosisStep[];
  readonly warnings: readonly Warning[];
  /** What this run could not determine. */
  readonly unknown: readonly string[];
  /** Lines that this run leaves in the peer's log. */
  readonly traces: readonly string[];
}
