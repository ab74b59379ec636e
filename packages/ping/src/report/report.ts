import type {
  Attested,
  CertificateFacts,
  ConnectionView,
  Evidence,
  FailureId,
  MeasuredLevel,
  ProxyVariable,
  Verdict,
  Warning,
  DurationFigures,
} from 'tentacle-protocol';
import type { RemoteView } from './remote-view.js';
import type { IdleReport } from './idle-report.js';
import type { SizesReport } from './sizes-report.js';
import type { PageResult, PeerType } from './peer.js';
import type { TransferReport } from './transfer-report.js';
import type { PlainPlan } from '../plan.js';
import type { AttemptRecord } from './attempt-record.js';
import type { MeasuredStage } from './tally.js';

/** Everything that a run measured. Plain JSON; every output is a function of it. */
export interface Report {
  readonly schema: 'tentacle-ping/report/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  /** The options as they were understood. */
  readonly plan: PlainPlan;
  readonly proxy: ProxyReport;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** sent = ok + failed + cancelled, always. */
  readonly attempts: Attempts;
  readonly pace: PaceReport;
  /** How many attempts ended so: `ok` and failure ids. Cancelled ones are not in it. */
  readonly outcomes: Readonly<Record<string, number>>;
  /**
   * Stages that at least one attempt passed; of successful attempts `total` from the start and, where they had due
   * times, `fromDue`. Trust takes no time of its own.
   */
  readonly stages: Readonly<Partial<Record<MeasuredStage, DurationFigures>>>;
  readonly peer: PeerReport;
  /** What tentacle-pong at the other end saw of the attempts; absent where the peer is something else, or was not to be called. */
  readonly otherEnd?: RemoteView;
  /** What pong signed of one connection, and what that proves (docs/attestation.md); absent where nobody was asked for it. */
  readonly attestation?: Attested;
  /** How far was measured: the last step that worked. */
  readonly level: MeasuredLevel;
  /** Why not further, in words. */
  readonly levelWhy: string;
  readonly failures: readonly FailureReport[];
  /** With --reuse: how often the kept connection broke and a new one was made. */
  readonly reconnects: number;
  /** With --idle: how long connections survive that carry nothing. */
  readonly idle?: IdleReport;
  /** With --upload or --download: what moved, and how fast. */
  readonly transfers?: readonly TransferReport[];
  /** With --sizes: which sizes passed, each way. */
  readonly sizes?: SizesReport;
  readonly verdict: Verdict;
  /** What works and may not elsewhere or tomorrow. */
  readonly warnings: readonly Warning[];
  /** The last attempts, failures apart from successes, in order. */
  readonly records: readonly AttemptRecord[];
  /** How many attempts have no record here, for their number. */
  readonly recordsDropped: number;
}

export interface Attempts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Whether the plan's pace was kept. */
export interface PaceReport {
  /** Attempts that started later than they were due, as too many were under way. Their latency from then is in `fromDue`. */
  readonly late: number;
  /** With a rate: attempts that were due and had not started when the run was stopped. */
  readonly unstarted: number;
  /** Attempts that warmed up, which count nowhere else. */
  readonly warmup: { readonly sent: number; readonly failed: number };
  /** From the first counted attempt's start to the last one's end; 0 where none ended. */
  readonly spanUs: number;
  /**
   * With several attempts at a time: the 99th percentile of the time for which this process could not attend to its
   * connections. By so much may a stage be too long.
   */
  readonly busyP99Us?: number;
}

/** The HTTP proxy on the way, and what the environment says of proxies, used or not. */
export interface ProxyReport {
  readonly used: boolean;
  /** What decided: `--proxy`, or with `--proxy env` a variable, which may be NO_PROXY. */
  readonly by?: string;
  readonly host?: string;
  readonly port?: number;
  /** Whose credentials are sent. */
  readonly user?: string;
  /** The address of it that was tried. */
  readonly address?: string;
  /** All addresses of its name, in the system's order. */
  readonly addresses?: readonly string[];
  /** Variables that are set; user and password in them are `***`. */
  readonly environment?: readonly ProxyVariable[];
}

/** Who answered, as far as was seen. */
export interface PeerReport {
  readonly kind: PeerType;
  /** Not known where a proxy is on the way. */
  readonly address?: string;
  /** All addresses of the name, in the system's order; the first one is tried. */
  readonly addresses?: readonly string[];
  readonly thumbprint?: string;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  readonly certificate?: CertificateFacts;
  /** What a real Tentacle says that it can do. */
  readonly capabilities?: readonly string[];
  /** What pong sees of us, on the connection that asked. */
  readonly seesUs?: ConnectionView;
  /** The page it showed, where it closed on our identity. */
  readonly page?: PageResult;
  /** The thumbprint that we present to it. */
  readonly ownThumbprint: string;
}

export interface FailureReport {
  readonly id: FailureId;
  readonly count: number;
  /** UTC, when the first and the last attempt that ended so began. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Of the first one. */
  readonly evidence: Evidence;
}
