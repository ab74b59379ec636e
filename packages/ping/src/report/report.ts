import type { CertificateFacts, FailedAddress, ThisMachineFact } from 'tentacle-protocol';
import type { ProxyVariable } from 'tentacle-protocol/cli';
import type {
  AttestationResult,
  ConnectionView,
  Evidence,
  FailureId,
  Verdict,
  Warning,
} from 'tentacle-protocol/diagnostics';
import type { MeasurementDepth } from './measurement-depth.js';
import type { RemoteView } from './remote-view.js';
import type { IdleReport } from './idle-report.js';
import type { SizesReport } from './sizes-report.js';
import type { PageResult, PeerType } from './peer.js';
import type { TransferReport } from './transfer-report.js';
import type { BaseOptions } from '../options/run-options.js';
import type { AttemptRecord } from './attempt-record.js';
import type { FailurePattern, Outage } from './attempt-sequence.js';
import type { StageFigures } from './stage-figures.js';
import type { MeasuredStage } from './tally.js';
import type { ThresholdResult } from './threshold.js';
import type { Timeline } from './timeline.js';

/** Everything that a run measured. Plain JSON; every output is derived from it. */
export interface Report {
  readonly schema: 'tentacle-ping/report/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  /** The options as they were understood. */
  readonly plan: BaseOptions;
  readonly proxy: ProxyReport;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** sent = ok + failed + cancelled, always. */
  readonly attempts: Attempts;
  readonly pace: PaceReport;
  /** The number of attempts by outcome: `ok` and failure ids. Cancelled attempts are not included. */
  readonly outcomes: Readonly<Record<string, number>>;
  /**
   * Stages that at least one attempt completed; of successful attempts, `total` from the start, `other` for the time that
   * belongs to no stage and, where they had scheduled times, `sinceScheduled`. Trust takes no time of its own. `data` has
   * the transfers of both directions, `upload` and `download` those of one. A percentile needs as many times as it has
   * parts: with fewer than 10, p90 is close to the maximum, as p99 is with fewer than 100.
   */
  readonly stages: Readonly<Partial<Record<MeasuredStage, StageFigures>>>;
  readonly peer: PeerReport;
  /**
   * What tentacle-pong at the other end recorded of the attempts; absent where the peer is something else, or was not to be
   * called, and with several targets also where no attempt failed.
   */
  readonly otherEnd?: RemoteView;
  /** What pong signed of one connection, and what that proves (docs/attestation.md); absent where no attestation was requested. */
  readonly attestation?: AttestationResult;
  /** The depth of the measurement: the last step that worked. */
  readonly level: MeasurementDepth;
  /** Why the measurement went no further, as text. */
  readonly levelReason: string;
  readonly failures: readonly FailureReport[];
  /** How failures and successes follow each other, in the order in which attempts began. */
  readonly failurePattern: FailurePattern;
  /** The longest outages, in order. */
  readonly outages: readonly Outage[];
  /** How many shorter outages are not listed, because there were too many. */
  readonly outagesDropped: number;
  /** The attempts over time. Absent: none ended, or an older version wrote the report. */
  readonly timeline?: Timeline;
  /** With --reuse: how often the reused connection dropped and was re-established. */
  readonly reconnects: number;
  /** With --idle: how long idle connections survive. */
  readonly idle?: IdleReport;
  /** With --upload or --download: how much data was transferred, and how fast. */
  readonly transfers?: readonly TransferReport[];
  /** With --sizes: which sizes passed in each direction. */
  readonly sizes?: SizesReport;
  /** With --max-loss, --max-p50 or --max-p99: what decides the exit status. */
  readonly thresholds?: readonly ThresholdResult[];
  readonly verdict: Verdict;
  /** What works now, but may not work elsewhere or later. */
  readonly warnings: readonly Warning[];
  /** The last attempts, failures apart from successes, in order. */
  readonly records: readonly AttemptRecord[];
  /** How many attempts have no record here, because there were too many. */
  readonly recordsDropped: number;
}

export interface Attempts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Whether the attempts were made on schedule. */
export interface PaceReport {
  /** Attempts that started after the scheduled time, because too many were under way. `sinceScheduled` has their latency from then. */
  readonly late: number;
  /** With a rate: attempts that were due and had not started when the run was stopped. */
  readonly notStarted: number;
  /** Warm-up attempts, excluded from all other results. */
  readonly warmup: { readonly sent: number; readonly failed: number };
  /** From the first counted attempt's start to the last one's end; 0 where none ended. */
  readonly spanUs: number;
  /**
   * With several attempts at a time: the 99th percentile of the time for which this process was blocked. Measured times
   * may be that much too high.
   */
  readonly busyP99Us?: number;
}

/** The HTTP proxy on the path, and the proxies in the environment, used or not. */
export interface ProxyReport {
  readonly used: boolean;
  /** The source of this choice: `--proxy`, or with `--proxy env` a variable, which may be NO_PROXY. */
  readonly by?: string;
  readonly host?: string;
  readonly port?: number;
  /** The user whose credentials are sent. */
  readonly user?: string;
  /** The address of the proxy that was tried. */
  readonly address?: string;
  /** All addresses of its name, in the system's order. */
  readonly addresses?: readonly string[];
  /** Variables that are set; user and password in them are `***`. */
  readonly environment?: readonly ProxyVariable[];
}

/** The peer, as far as it was observed. */
export interface PeerReport {
  readonly kind: PeerType;
  /** Unknown where a proxy is on the path. */
  readonly address?: string;
  /** All addresses of the name, in the system's order; they are tried until one accepts. */
  readonly addresses?: readonly string[];
  /** Of these, those that failed before another one accepted, or that all failed; absent where none did. */
  readonly failedAddresses?: readonly FailedAddress[];
  /** The address is one of this machine: `as-named` by its own name, otherwise under another name. */
  readonly thisMachine?: ThisMachineFact;
  readonly thumbprint?: string;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  readonly certificate?: CertificateFacts;
  /** The capabilities of a real Tentacle. */
  readonly capabilities?: readonly string[];
  /** The connection that probed the peer, as pong sees it. */
  readonly peerView?: ConnectionView;
  /** Its landing page, where it was fetched to find out why attempts fail. */
  readonly page?: PageResult;
  /** The thumbprint that was presented to it. */
  readonly ownThumbprint: string;
}

export interface FailureReport {
  readonly id: FailureId;
  readonly count: number;
  /** UTC, when the first and the last of these attempts failed. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Of the first one. */
  readonly evidence: Evidence;
}
