import type { FailureId } from 'tentacle-protocol/diagnostics';
import type { Lab } from './lab.js';

/** The id that ping or diagnose should report. */
export type Conclusion = FailureId | 'ok';

/** One fault, recreated with the real component that causes it in the field. */
export interface Scenario {
  /** The fault's number in the list of faults, and a short name: `18-plain-http`. */
  readonly id: string;
  /** One line: the fault. */
  readonly title: string;
  /** Required commands (`nginx`, `openssl`), and `namespaces` if network namespaces are required. */
  readonly needs: readonly string[];
  /** The id that `tentacle-ping HOST` should report. */
  readonly measured: Conclusion;
  /** An id that either may report too, if a race of a few microseconds in the peer's system decides. */
  readonly alternative?: Conclusion;
  /** The id that `tentacle-ping diagnose HOST` should report, if its own tests show more. */
  readonly diagnosed?: Conclusion;
  /** Whether diagnose's own tests must leave only one of the possible causes. */
  readonly hasOneCause?: boolean;
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
  readonly start: (lab: Lab) => Promise<Path>;
}

/** How to run the two commands against a variant. */
export interface Path {
  /** The target, and options of both commands: `['localhost:18080', '--timeout', '2s']`. */
  readonly args: readonly string[];
  /** Options of the measurement only; two attempts by default. */
  readonly measureArgs?: readonly string[];
  /** A command prefix: `['ip', 'netns', 'exec', 'lab1']`. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
