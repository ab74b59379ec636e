import { type CertificateFacts, type ConnectionFacts, type Stage } from 'tentacle-protocol';
import { DurationHistogram } from 'tentacle-protocol/cli';
import { type Evidence, type FailureId, type Observation } from 'tentacle-protocol/diagnostics';
import type { PollObservation, PollResult } from './poll-result.js';

/** The connections of a run that failed with one id. */
export interface FailureCount {
  readonly id: FailureId;
  count: number;
  /** UTC: when the first and the latest of them failed, which may be hours after they started. */
  readonly firstAt: string;
  lastAt: string;
  /** Of the first of them. */
  readonly evidence: Evidence;
  /** Of the latest of them, for the texts. */
  observation: Observation;
}

/** Counts connections and their calls, in constant memory. */
export class PollTally {
  readonly failures = new Map<FailureId, FailureCount>();
  readonly stages = new Map<Stage, DurationHistogram>();
  readonly calls = new Map<string, number>();
  /** From a call's arrival to its answer. */
  readonly answering = new DurationHistogram();
  /** From one message of the server to a null message. */
  readonly keepAlives = new DurationHistogram();
  readonly polling = new DurationHistogram();
  tried = 0;
  taken = 0;
  failed = 0;
  stopped = 0;
  /** The most that were accepted at one time. */
  peak = 0;
  certificate: CertificateFacts | undefined;
  tlsVersion: string | undefined;
  cipher: string | undefined;
  /** Facts of a connection that was accepted although the listener had requested no client certificate. */
  uncertified: ConnectionFacts | undefined;
  address: string | undefined;
  #open = 0;

  opened(): void {
    this.taken++;
    this.#open++;
    this.peak = Math.max(this.peak, this.#open);
  }

  closed(): void {
    this.#open--;
  }

  /** Connections that the server accepted, and that are open. */
  get open(): number {
    return this.#open;
  }

  /** All calls that were answered. */
  get answeredCalls(): number {
    return this.answering.count;
  }

  answered(name: string, durationUs: number): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    this.answering.add(durationUs);
  }

  keptAlive(gapUs: number): void {
    this.keepAlives.add(gapUs);
  }

  /** @returns how many connections have had this outcome. */
  ended({
    outcome,
    stages,
    wasTaken,
    polledUs,
    endedAt,
    failure,
    facts,
    observation,
  }: PollResult & PollObservation): number {
    this.tried++;
    for (const { stage, durationUs } of stages) this.#time(stage, durationUs);
    if (wasTaken) this.polling.add(polledUs);
    this.certificate = facts.peerCertificate ?? this.certificate;
    this.tlsVersion = facts.tlsVersion ?? this.tlsVersion;
    this.cipher = facts.cipher ?? this.cipher;
    if (wasTaken && facts.clientCertificateRequested === false) this.uncertified = facts;
    this.address = facts.address ?? this.address;
    if (outcome === 'stopped' || failure === undefined || observation === undefined) {
      this.stopped++;
      return this.stopped;
    }
    this.failed++;
    const known = this.failures.get(outcome);
    if (known === undefined) {
      const { evidence } = failure;
      this.failures.set(outcome, {
        id: outcome,
        count: 1,
        firstAt: endedAt,
        lastAt: endedAt,
        evidence,
        observation,
      });
      return 1;
    }
    known.count++;
    known.lastAt = endedAt;
    known.observation = observation;
    return known.count;
  }

  #time(stage: Stage, durationUs: number): void {
    // It takes no time of its own.
    if (stage === 'trust') return;
    let stats = this.stages.get(stage);
    if (stats === undefined) this.stages.set(stage, (stats = new DurationHistogram()));
    stats.add(durationUs);
  }
}
