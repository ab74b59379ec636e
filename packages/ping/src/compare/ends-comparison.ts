import type { EndsRecords } from '../remote-records/ends-records.js';
import type { ComparisonVerdict, OverlaidStep } from './comparison.js';

/** The comparison of both ends' records of one run. Plain JSON; docs/ends.schema.json is generated from it. */
export interface EndsComparison extends EndsRecords, EndsTables {
  readonly schema: 'tentacle-ping/ends/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
}

/** The comparison of a run of tentacle-ping with the summary of tentacle-pong, which counts all of its clients. Plain JSON. */
export interface EndsTotals extends EndsTables {
  readonly schema: 'tentacle-ping/ends-totals/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  /** Connections that tentacle-pong received from all clients during its run. */
  readonly received: number;
}

/** What both comparisons have: times and errors beside each other, and the verdict. */
export interface EndsTables {
  readonly pongVersion: string;
  /** Attempts that ended, and those that succeeded. */
  readonly attempts: { readonly ended: number; readonly ok: number };
  readonly stages: readonly EndsStage[];
  readonly errors: readonly EndsError[];
  readonly verdict: ComparisonVerdict;
}

/** The times of one stage at both ends. In `steps`, the reference is tentacle-ping, and the candidate tentacle-pong. */
export interface EndsStage {
  readonly stage: string;
  readonly hereCount: number;
  readonly thereCount: number;
  /** The median, and with enough times the 90th and 99th percentile. */
  readonly quantiles: readonly { readonly quantile: number; readonly hereUs: number; readonly thereUs: number }[];
  /** The time on the network: of the records, the median of the differences; otherwise the difference of the medians. */
  readonly networkUs?: number;
  readonly steps: readonly OverlaidStep[];
}

/** A failure here, and the endings there that belong to it; without an id, endings there that belong to no failure here. */
export interface EndsError {
  readonly id?: string;
  readonly count: number;
  /** Without an ending, the connection was still open. */
  readonly there: readonly { readonly ending?: string; readonly count: number }[];
}
