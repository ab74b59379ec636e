import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import {
  type CertificateFacts,
  type ConnectionTrace,
  type Identity,
  nowUs,
  type SocketChannel,
} from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import {
  type Failure,
  failureOf,
  type Observation,
  type Warning,
  type WarningId,
  warningOf,
  type WarningValues,
} from 'tentacle-protocol/diagnostics';
import type { PageResult, Peer } from '../report/peer.js';
import { createTlsContext } from '../session/tls-context.js';
import type { RunOptions } from '../options/run-options.js';
import type { Json, Status, DiagnosisStep } from './diagnosis-report.js';

/** The result of one step. */
export interface StepResult {
  readonly status: Status;
  /** What was found, short enough for one line of a terminal beside the step's name. */
  readonly title: string;
  /** What was observed beyond it; shown beneath a problem. */
  readonly details?: readonly string[] | undefined;
  readonly evidence?: Readonly<Record<string, Json>>;
  /** The failure that the step met, from which the verdict is written. */
  readonly observation?: Observation;
  /** It is the cause of what an earlier step met, so the verdict puts it first. */
  readonly isRootCause?: boolean;
  /** In how many of several equal tests of this step the failure occurred; absent: the step made one. */
  readonly share?: FailureShare;
}

/** How many of several equal tests failed. */
export interface FailureShare {
  readonly failed: number;
  readonly of: number;
}

/** What one completed TLS handshake showed. */
export interface Handshake {
  readonly address: string;
  readonly version: string;
  readonly cipher: string;
  readonly certificate: CertificateFacts | undefined;
  /** Whether the peer requested a client certificate, as every Halibut listener does; undefined where that is unknown. */
  readonly clientCertificateRequested: boolean | undefined;
}

/** The result of a probe: an open channel, or the failure. */
export type ProbeResult =
  | { readonly ok: true; readonly trace: ConnectionTrace; readonly channel: SocketChannel }
  | { readonly ok: false; readonly trace: ConnectionTrace; readonly observation: Observation };

/** A failure that a step met, for the verdict. */
export interface Problem {
  readonly stepId: string;
  readonly observation: Observation;
  readonly failure: Failure;
  readonly isRootCause: boolean;
  readonly share?: FailureShare;
}

/** The step that was running when the run was stopped. */
export interface InterruptedStep {
  readonly id: string;
  readonly elapsedUs: number;
}

/** What a test of this run says about a failure with several causes, without confirming one of them. */
export interface RemainingCauses {
  readonly explanation: string;
  /** The causes that remain, and how to tell them apart; absent: all causes of the failure remain. */
  readonly left?: { readonly causes: readonly string[]; readonly test: string };
}

/** Longer than a channel waits for the peer's side of the close (1 s). */
const CLOSE_TIMEOUT_MS = 1500;

/** What a diagnosis is created from. */
export interface DiagnosisSettings {
  readonly options: RunOptions;
  readonly identity: Identity;
  /** Called with each step as it finishes. */
  readonly onStep: (step: DiagnosisStep) => void;
  /** Called with the id of each step as it begins. */
  readonly onBegin?: (id: string) => void;
  /** Ends the diagnosis early; it still reports. */
  readonly stop: AbortSignal;
}

/** The state of one diagnosis: its target, its results, and what later steps build on. */
export class DiagnosisContext {
  readonly options: RunOptions;
  readonly identity: Identity;
  readonly signal: AbortSignal;
  readonly secureContext: SecureContext;
  readonly steps: DiagnosisStep[] = [];
  readonly warnings: Warning[] = [];
  readonly problems: Problem[] = [];
  /** The step that was running when the run was stopped. */
  interrupted: InterruptedStep | undefined;
  /** Ids of the steps that would have followed when the run was stopped. */
  readonly notRun = new Set<string>();
  /** Sentences that name the cause which a test confirmed, by failure id. */
  readonly confirmedCauses = new Map<string, string>();
  /** What tests showed beyond the failure itself where several causes remain, by failure id. */
  readonly remainingCauses = new Map<string, RemainingCauses>();
  /** All addresses of the name, in the system's order. */
  addresses: string[] = [];
  /** Addresses that accept a TCP connection; through a proxy, the name as it is sent to the proxy. */
  reachable: string[] = [];
  /** With a proxy: the addresses that accept a direct connection. */
  directAddresses: string[] = [];
  /** The handshakes that began on the connections of the step `tcp`, by address. */
  readonly startedHandshakes = new Map<string, Promise<ProbeResult>>();
  /** Handshakes that completed. */
  readonly handshakes: Handshake[] = [];
  /** Where the expected certificate was presented although another connection showed a different one, as a sentence. */
  expectedSeen: string | undefined;
  page: PageResult | undefined;
  /** Thumbprint of the client certificate that reached a pong, from its page; null: none did; undefined: unknown. */
  arrivedThumbprint: string | null | undefined;
  /** Whether pong accepts calls with it, by its page. */
  isTrustedThere: boolean | undefined;
  /** TLS versions below 1.2, where the peer accepts no other. */
  onlyOldTlsVersions: readonly string[] | undefined;
  /** A PROXY protocol header before TLS was tried and did not help. */
  isProxyHeaderExcluded: true | undefined;
  /** Reaches a peer that accepts nothing of what Octopus requires; used to request its page and for nothing else. */
  outdatedTlsContext: SecureContext | undefined;
  peer: Peer | undefined;
  /**
   * Number of connections by how much of the protocol they completed: each leaves lines in the peer's log. `cutTls`: this
   * end gave up during TLS; `failedTls`: the handshake failed at either end.
   */
  readonly connections = { cutTls: 0, failedTls: 0, tls: 0, page: 0, identity: 0, call: 0 };
  /** Durations of connections and of ordinary handshakes, for patterns that only many of them show. */
  readonly durations = { tcp: [] as number[], tls: [] as number[] };
  readonly #closing: Promise<void>[] = [];
  readonly #onStep: (step: DiagnosisStep) => void;
  readonly #onBegin: ((id: string) => void) | undefined;

  constructor({ options, identity, stop, onStep, onBegin }: DiagnosisSettings) {
    this.options = options;
    this.identity = identity;
    this.signal = stop;
    this.secureContext = createTlsContext(options, identity);
    this.#onStep = onStep;
    this.#onBegin = onBegin;
  }

  /** Takes note of a connection, so that {@link allClosed} waits for it. */
  track(tcp: Socket): void {
    this.#closing.push(new Promise((resolve) => tcp.once('close', () => resolve())));
  }

  /**
   * Resolves when every connection is closed: a process that ends earlier resets those that the peer is still closing, and
   * a Tentacle logs that as an error. Bounded, because a step that failed may have left one open.
   */
  async allClosed(): Promise<void> {
    const timeout = setTimeout(CLOSE_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([Promise.all(this.#closing), timeout]);
  }

  /** Runs one step unless the run was stopped; records its result and reports it at once. */
  async step(id: string, work: () => Promise<StepResult> | StepResult): Promise<void> {
    if (this.#isStopped()) {
      this.notRun.add(id);
      return;
    }
    this.#onBegin?.(id);
    const startedUs = nowUs();
    const { status, title, details, evidence = {}, observation, isRootCause = false, share } = await work();
    const failure = observation === undefined ? undefined : failureOf(observation);
    const durationUs = nowUs() - startedUs;
    // A step that was interrupted shows nothing about the peer.
    if (this.#isStopped()) {
      this.interrupted = { id, elapsedUs: durationUs };
      return;
    }
    const step = omitUndefined({ id, status, title, details, durationUs, evidence, failure });
    this.steps.push(step);
    if (status === 'problem' && observation !== undefined && failure !== undefined) {
      this.problems.push(omitUndefined({ stepId: id, observation, failure, isRootCause, share }));
    }
    this.#onStep(step);
  }

  #isStopped(): boolean {
    return this.signal.aborted;
  }

  /** Adds a warning by its id, once. */
  warn<Id extends WarningId>(id: Id, ...values: WarningValues<Id>): void {
    this.addWarning(warningOf(id, ...values));
  }

  /** Adds a warning unless one with the same id is there. */
  addWarning(warning: Warning): void {
    if (!this.warnings.some(({ id }) => id === warning.id)) this.warnings.push(warning);
  }

  /** Removes a warning that a later step made irrelevant. */
  dropWarning(id: WarningId): void {
    const index = this.warnings.findIndex((warning) => warning.id === id);
    if (index >= 0) this.warnings.splice(index, 1);
  }

  /** Whether the options uses a proxy: then a failure of a direct connection is reported and is not a problem. */
  get usesProxy(): boolean {
    return this.options.proxyChoice?.proxy !== undefined;
  }

  /** Why nothing can be tested over TLS, where that is so. */
  get noTlsReason(): string {
    return this.address === undefined ? this.unreachableReason : 'TLS does not work';
  }

  /** Why nothing above TCP can be tested, where that is so. */
  get unreachableReason(): string {
    return this.usesProxy ? 'the proxy opens no tunnel' : 'no address accepts a connection';
  }

  /** The address that later steps use: the first that accepts connections. */
  get address(): string | undefined {
    return this.reachable[0];
  }

  /** The first completed handshake. */
  get tls(): Handshake | undefined {
    return this.handshakes[0];
  }
}

/** The result of a step that cannot be run. */
export function skipped(reason: string): StepResult {
  return { status: 'skipped', title: reason };
}
