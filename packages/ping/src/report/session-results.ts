import type { CertificateFacts, ConnectionFacts } from 'tentacle-protocol';
import type { AttestationResult } from 'tentacle-protocol/diagnostics';
import type { RunOptions } from '../options/run-options.js';
import type { Measurement } from './measurement.js';
import type { PageResult, Peer } from './peer.js';
import type { RemoteView } from './remote-view.js';
import type { StageFloors } from './stage-figures.js';
import type { Tally } from './tally.js';

/** What a session measured and observed, as its report needs it. */
export interface SessionResults {
  readonly plan: RunOptions;
  readonly tally: Tally;
  /** The most that any attempt observed of the peer. */
  readonly bestFacts: ConnectionFacts;
  /** The certificate that this end presents. */
  readonly ownCertificate?: CertificateFacts;
  readonly peer: Peer | undefined;
  readonly page: PageResult | undefined;
  readonly attestation: AttestedConnection | undefined;
}

/** What pong attested, and the local view of that connection. */
export interface AttestedConnection {
  readonly attested: AttestationResult;
  readonly facts: ConnectionFacts;
}

/** What a run knows about itself, apart from its attempts. */
export interface RunSummary {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly reconnects: number;
  /** Attempts that were due and were not started. */
  readonly notStarted: number;
  /** Absent: not measured. */
  readonly floors?: StageFloors;
  /** See PaceReport. */
  readonly busyP99Us?: number;
  readonly otherEnd?: RemoteView;
  /** Absent: round trips. */
  readonly measurement?: Measurement;
}
