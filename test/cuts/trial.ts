import type { Diagnosis, EndedConnectionRecord, FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import type { Stage } from '../../packages/protocol/src/trace.js';
import type { RemoteEvidence } from '../../packages/ping/src/report/remote-evidence.js';
import type { Cut } from './cut.js';
import type { CuttingRelay } from './cutting-relay.js';

export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** How long the two ends wait for anything. */
export interface Patience {
  readonly timeoutMs: number;
  readonly listenerMs: number;
}

/** A failure as one end reports it. */
export interface ReportedFailure {
  readonly by: 'connector' | 'listener';
  readonly id: FailureId;
  readonly shownAt: Stage;
  readonly code: string;
  readonly diagnosis: Diagnosis;
  /** What the records of both ends leave of it, where they were compared. */
  readonly compared?: Diagnosis;
  /** What those records show. */
  readonly evidence?: RemoteEvidence;
}

/** What both ends reported of one conversation. */
export interface Trial {
  readonly relay: CuttingRelay;
  /** Attempts, or calls of a polling server, that succeeded. */
  readonly succeeded: number;
  readonly failures: readonly ReportedFailure[];
  /** What the listener recorded of the connection. */
  readonly records: readonly EndedConnectionRecord[];
  /** The part that did not end, if any. */
  readonly hung?: string;
}

/** A conversation between the two ends, of the same messages each time. */
export interface Conversation {
  readonly name: string;
  /** The end that calls. */
  readonly caller: 'connector' | 'listener';
  /** Attempts, or calls. */
  readonly steps: number;
  /** The stage in which the connector waits for the messages of a turn, after the identities; and the step it belongs to. */
  readonly turn: (turn: number) => { readonly stage: Stage; readonly step: number };
  /** Whether the cuts before the first call are those of another conversation. */
  readonly fromFirstCall: boolean;
  /** @param onCut called once it was cut, or ended; the trial goes on. */
  readonly run: (tls: TlsVersion, patience: Patience, cut?: Cut, onCut?: () => void) => Promise<Trial>;
  readonly stop: () => Promise<void>;
}
