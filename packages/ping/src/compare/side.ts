import type { Attempts } from '../measure/report.js';
import type { Sample } from './statistics/estimates.js';

/** One of the files that are compared: what was measured, and of what. Everything in it is checked. */
export interface Side {
  readonly file: string;
  readonly target: { readonly host: string; readonly port: number };
  /** The address that was tried; unknown behind a proxy. */
  readonly address?: string;
  /** `host:port` of the proxy that was gone through. */
  readonly proxy?: string;
  readonly peerKind: string;
  readonly thumbprint?: string;
  /** How far was measured. */
  readonly level: string;
  /** What of the plan bears on what the times mean, as text: `reuse`, `concurrency`, ... */
  readonly plan: Readonly<Record<string, string>>;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: Attempts;
  /** `ok` and failure ids. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly stages: ReadonlyMap<string, Sample>;
  /** Ids of the warnings in it. */
  readonly warnings: readonly string[];
  /** Attempts without a gap between them, in order: what follows what. Empty where a file does not keep it. */
  readonly course: readonly Passed[];
}

/** One attempt, as far as the order of attempts is looked at. */
export interface Passed {
  readonly ok: boolean;
  readonly stagesUs: Readonly<Record<string, number>>;
}
