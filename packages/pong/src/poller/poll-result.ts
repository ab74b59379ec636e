import type { ConnectionFacts, StageTime } from 'tentacle-protocol';
import type { Failure, Observation } from 'tentacle-protocol/diagnostics';

/** One connection of a polling Tentacle, from resolving the name to its end. Plain JSON. */
export interface PollResult {
  /** UTC, ISO 8601: when it started, and when it failed or was stopped. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** `stopped`: by the end of the run, while it was working or being established. */
  readonly outcome: 'stopped' | Failure['id'];
  /** Stages that were completed. */
  readonly stages: readonly StageTime[];
  /** The server accepted this Tentacle's identity. */
  readonly wasTaken: boolean;
  /** How long it polled, from the identities on. */
  readonly polledUs: number;
  /** Calls that were answered, by `service.method`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Null messages: the server had no work, and the connection is alive. */
  readonly keepAlives: number;
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly failure?: Failure;
}

/** What else was observed, for the texts. */
export interface PollObservation {
  readonly facts: ConnectionFacts;
  readonly observation?: Observation;
}
