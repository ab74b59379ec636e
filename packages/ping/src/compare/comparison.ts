import type { Certainty, Step } from 'tentacle-protocol';
import type { Attempts } from '../report/report.js';

/** What `compare --json` prints. Plain JSON; made into docs/comparison.schema.json. */
export interface Comparison {
  readonly schema: 'tentacle-ping/comparison/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  /** The chance that anything at all in here is called a difference where there is none. */
  readonly falseAlarms: number;
  /** The smallest difference of times that counts: so long, and of a time so large a share. */
  readonly least: { readonly us: number; readonly share: number };
  /** The first is the reference. */
  readonly sides: readonly SideReport[];
  /** The reference with each of the others, in order. */
  readonly pairs: readonly Pair[];
}

/** What one file holds. */
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
  /** In what the two were not alike, the time left out when they overlap. */
  readonly conditions: readonly Condition[];
  readonly stages: readonly StageComparison[];
  readonly notCompared: readonly NotCompared[];
  /** All failures as one, then each id that either has. */
  readonly outcomes: readonly OutcomeComparison[];
  readonly verdict: ComparisonVerdict;
}

/** In what two runs may be unlike. */
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

/** `unknown`: these samples show neither a difference that counts nor that there is none. */
export type TimeMark = 'slower' | 'faster' | 'same' | 'unknown';

export interface StageComparison {
  readonly stage: string;
  readonly referenceCount: number;
  readonly candidateCount: number;
  /** Effect size: in how many of all pairs of times, one of each, the candidate's is longer; ties count half. */
  readonly longerShare: number;
  /** The median, and as far as there are samples enough the 90th and 99th percentile. */
  readonly quantiles: readonly QuantileComparison[];
  /** How the times of both are spread. */
  readonly steps: readonly OverlaidStep[];
}

export interface QuantileComparison {
  /** 0.5, 0.9 or 0.99. */
  readonly quantile: number;
  readonly referenceUs: number;
  readonly candidateUs: number;
  /** Candidate less reference, and its interval; an end is absent where the samples set none. */
  readonly differenceUs: number;
  readonly lowUs?: number;
  readonly highUs?: number;
  /** The smallest difference that counts here. */
  readonly leastUs: number;
  readonly mark: TimeMark;
  /** Where the mark is `unknown`: the samples that each side would need to tell twice `leastUs` from nothing. */
  readonly samplesNeeded?: number;
  /** How many values count as one, because each resembles those before it; 1: they are independent. */
  readonly referenceInflation: number;
  readonly candidateInflation: number;
}

/** How many times lie above the step before and up to this one. */
export interface OverlaidStep {
  readonly upToUs: number;
  readonly reference: number;
  readonly candidate: number;
}

/** `unknown`: no difference that so many attempts can show. */
export type OutcomeMark = 'more' | 'fewer' | 'unknown';

export interface OutcomeComparison {
  /** `failed` for all failures as one, or a failure id. */
  readonly outcome: string;
  readonly reference: number;
  readonly referenceOf: number;
  readonly candidate: number;
  readonly candidateOf: number;
  /** Candidate's share less reference's, and its interval. */
  readonly differenceShare: number;
  readonly lowShare: number;
  readonly highShare: number;
  /** Fisher's exact test. */
  readonly p: number;
  readonly mark: OutcomeMark;
  /** The failures came in stretches, and counted by stretches they would show nothing. */
  readonly inStretches: boolean;
}

/** What a pair comes to. Text is for people, the id for programs. */
export interface ComparisonVerdict {
  readonly id: 'differs' | 'both-show-it' | 'same' | 'not-shown' | 'nothing-in-common';
  readonly title: string;
  readonly means: string;
  readonly certainty: Certainty;
  readonly next: readonly Step[];
}
