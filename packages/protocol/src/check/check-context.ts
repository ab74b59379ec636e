import type { CheckOptions } from '../cli/check-options.js';
import type { Check, CheckGroupName } from '../diagnostics/checks/check.js';
import type { Configuration } from './configuration/configuration.js';
import type { Host } from './host.js';

/** What the checks of one run share. */
export interface CheckContext {
  readonly host: Host;
  readonly options: CheckOptions;
  /** The configuration in force, read once. Groups that test "as configured" wait for it. */
  readonly configuration: Promise<Configuration>;
  /** Aborted at Ctrl+C, and when the group's time is over. */
  readonly signal: AbortSignal;
}

/** Reports one check, as soon as it has its result. */
export type AddCheck = (check: Check) => void;

/** One group of checks. */
export interface CheckGroupDefinition {
  readonly name: CheckGroupName;
  /** What it checks, as a noun phrase of at most 40 characters. */
  readonly title: string;
  /** After this time what has no result is `unknown`. */
  readonly timeoutMs: number;
  readonly run: (context: CheckContext, add: AddCheck) => Promise<void>;
}
