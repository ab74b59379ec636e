import type { Diagnosis, Step } from 'tentacle-protocol/diagnostics';
import type { Attempts } from '../report/report.js';

/** The output of `compare --json`. Plain JSON; docs/comparison.schema.json is generated from it. */
export interface Comparison {
  readonly schema: 'tentacle-ping/comparison/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  /** The probability that anything in this comparison is called a difference where there is none. */
  readonly falseAlarms: number;
  /** The smallest relevant difference of times: in microseconds, and as a share of the time. */
  readonly least: { readonly us: number; readonly share: number };
  /** The first is the reference. */
  readonly sides: readonly SideReport[];
  /** The reference with each of the others, in order. */
  readonly pairs: readonly Pair[];
}

/** The content of one file. */
export interface SideReport {
  /** A, B, C, ... */
  readonly name: string;
  readonly file: string;
  readonly target: { readonly host: string; readonly port: number };
  readonly address?: string;
  readonly proxy?: string;
  readonly peerKind: string;
  readonly level: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: Attempts;
  /** Ids of the report's own warnings. */
  readonly warnings: readonly string[];
}

export interface Pair {
  readonly reference: string;
  readonly candidate: string;
  /** How the runs differ in what was measured; without the time if they overlap. */
  readonly conditions: readonly Condition[];
  readonly stages: readonly StageComparison[];
  readonly notCompared: readonly NotCompared[];
  /** All failures together, then each failure id of either run. */
  readonly outcomes: readonly OutcomeComparison[];
  readonly verdict: ComparisonVerdict;
}

/** A property in which two runs may differ. */
export type ConditionKind = 'peer' | 'host' | 'name' | 'address' | 'port' | 'proxy' | 'certificate' | 'plan' | 'time';

export interface Condition {
  readonly kind: ConditionKind;
  readonly reference: string;
  readonly candidate: string;
}

export interface NotCompared {
  readonly stage: string;
  readonly why: string;
}

/** `unknown`: the samples show neither a relevant difference nor that there is none. */
export type TimeMark = 'slower' | 'faster' | 'same' | 'unknown';

export interface StageComparison {
  readonly stage: string;
  readonly referenceCount: number;
  readonly candidateCount: number;
  /** Effect size: the share of all pairs, one time of each run, in which the candidate's is longer; ties count half. */
  readonly longerShare: number;
  /** The median, and with enough samples the 90th and 99th percentile. */
  readonly quantiles: readonly QuantileComparison[];
  /** The distribution of the times of both runs. */
  readonly steps: readonly OverlaidStep[];
}

export interface QuantileComparison {
  /** 0.5, 0.9 or 0.99. */
  readonly quantile: number;
  readonly referenceUs: number;
  readonly candidateUs: number;
  /** Candidate minus reference, and its interval; a limit is absent where the samples set none. */
  readonly differenceUs: number;
  readonly lowUs?: number;
  readonly highUs?: number;
  /** The smallest relevant difference of this quantile. */
  readonly leastUs: number;
  readonly mark: TimeMark;
  /** If the mark is `unknown`: the samples that each run needs to detect a difference of twice `leastUs`. */
  readonly samplesNeeded?: number;
  /** How many values count as one because each resembles the previous ones; 1: they are independent. */
  readonly referenceInflation: number;
  readonly candidateInflation: number;
}

/** How many times are above the previous step and at most this one. */
export interface OverlaidStep {
  readonly upToUs: number;
  readonly reference: number;
  readonly candidate: number;
}

/** `unknown`: this number of attempts shows no difference. */
export type OutcomeMark = 'more' | 'fewer' | 'unknown';

export interface OutcomeComparison {
  /** `failed` for all failures together, or a failure id. */
  readonly outcome: string;
  readonly reference: number;
  readonly referenceOf: number;
  readonly candidate: number;
  readonly candidateOf: number;
  /** The candidate's share minus the reference's, and its interval. */
  readonly differenceShare: number;
  readonly lowShare: number;
  readonly highShare: number;
  /** The p-value of Fisher's exact test. */
  readonly p: number;
  readonly mark: OutcomeMark;
  /** The failures occurred in bursts, and would not be significant if counted by bursts. */
  readonly inStretches: boolean;
}

/** The verdict of a pair. The text is for people, the id for programs. */
export interface ComparisonVerdict {
  readonly id: 'differs' | 'both-show-it' | 'same' | 'not-shown' | 'nothing-in-common';
  readonly title: string;
  readonly means: string;
  readonly certainty: Diagnosis;
  readonly next: readonly Step[];
}
