import type { Diagnosis, FailureId } from 'tentacle-protocol/diagnostics';
import type { FailurePattern } from '../../packages/ping/src/report/attempt-sequence.js';
import type { RemoteEvidence } from '../../packages/ping/src/report/remote-evidence.js';
import type { Component, Lab } from './lab.js';

/** The id that ping or diagnose should report. */
export type Conclusion = FailureId | 'ok';

/** A count of attempts in what pong recorded. */
export type RecordedCount = Exclude<keyof RemoteEvidence, 'of' | 'addressReached'>;

/** One fault, recreated with the real component that causes it in the field. */
export interface Scenario {
  /** The fault's number in the list of faults, and a short name: `18-plain-http`. */
  readonly id: string;
  /** One line: the fault. */
  readonly title: string;
  /** Required commands (`nginx`, `openssl`), and `namespaces` if network namespaces are required. */
  readonly needs: readonly string[];
  /** The id that `tentacle-ping HOST` should report; for polling, `tentacle-ping listen`. */
  readonly measured: Conclusion;
  /** An id that either may report too, if a race of a few microseconds in the peer's system decides. */
  readonly alternative?: Conclusion;
  /** The id that `tentacle-ping diagnose HOST` should report, if its own tests show more; for polling, `tentacle-pong --poll`. */
  readonly diagnosed?: Conclusion;
  /** Whether diagnose's own tests must leave only one of the possible causes. */
  readonly hasOneCause?: boolean;
  /** How certain the measurement must be of its cause. */
  readonly measuredCertainty?: Diagnosis['kind'];
  /** How failures and successes of the measurement must follow each other. */
  readonly pattern?: FailurePattern;
  /** What pong must have recorded of every failed attempt: one of these. */
  readonly recorded?: readonly RecordedCount[];
  /** Further failures that diagnose must report beside its verdict. */
  readonly findings?: readonly FailureId[];
  /** Warnings that diagnose must report. */
  readonly warnings?: readonly string[];
  /** Warnings that the measurement must report. */
  readonly measuredWarnings?: readonly string[];
  /** The same fault with other components, ports, texts and timings, so that no detection depends on one of them. */
  readonly variants: readonly Variant[];
}

/** One setup of a fault. */
export interface Variant {
  readonly name: string;
  /** Sets up the fault; `lab` ends everything that it started. */
  readonly start: (lab: Lab) => Promise<Path | PollingPath>;
}

/** How to run the two commands against a variant. */
export interface Path {
  /** The target, and options of both commands: `['localhost:18080', '--timeout', '2s']`. */
  readonly args: readonly string[];
  /** Options of the measurement only; two attempts by default. */
  readonly measureArgs?: readonly string[];
  /** Changes something during the measurement, and ends it if it has no count. */
  readonly whileMeasuring?: (ping: Component) => Promise<void>;
  /** A command prefix: `['ip', 'netns', 'exec', 'lab1']`. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The two ends of polling, both running. Where it ends depends on the fault: see {@link isComplete}. */
export interface PollingPath {
  /** Absent where only the poller's report counts. */
  readonly listen?: Component | undefined;
  readonly poll: Component;
  /** Then the poller is stopped, and after it the server. By default, the first that ends by itself stops the other. */
  readonly isComplete?: Promise<unknown>;
}
