import type { DurationFigures } from 'tentacle-protocol/cli';
import type { ByteExcerpt, ClosedBy, FailureId } from 'tentacle-protocol/diagnostics';
import type { ListenerState } from './listener-state.js';
import type { RemoteEvidence } from './remote-evidence.js';

/** What the other end recorded of the attempts, or why that is not known. */
export type RemoteView = ComparedEnds | RemoteViewUnavailable;

export interface RemoteViewUnavailable {
  readonly status: 'not-seen';
  /**
   * `not-reached`: tentacle-pong did not return its records in time. `not-listening`: after the run, its port refused the
   * connection for them. `failed`: this connection failed in another way. `refused`: it does not accept this client's
   * certificate. `unknown-peer`: no attempt went far enough to find out what the peer is.
   */
  readonly why: 'not-reached' | 'not-listening' | 'failed' | 'refused' | 'unknown-peer';
  /** How the connection for the records failed; absent: there was none, or it did not fail. */
  readonly failure?: FailureId;
}

/** The records of both ends, compared. */
export interface ComparedEnds {
  readonly status: 'compared';
  /** Over the protocol at the end of the run, or afterwards from files. */
  readonly how: 'asked' | 'files';
  readonly pongVersion: string;
  /** The difference of the two clocks; absent where it is unknown. */
  readonly clock?: ClockDifference;
  /** Attempts by what happened to them: `sent` is the sum of all others. */
  readonly attempts: {
    readonly sent: number;
    readonly arrived: number;
    readonly neverArrived: number;
    /** On a connection that an earlier attempt had opened. */
    readonly kept: number;
    /** Ended before a packet could be sent to the peer. */
    readonly notSent: number;
    readonly unknown: number;
  };
  /** The times of both ends, of the attempts whose record was found; absent where the other end is older and has none. */
  readonly stages?: Readonly<Partial<Record<PairedStage, PairedTimes>>>;
  /** Set when not all records of this client were fetched. */
  readonly cutShort?: FetchCutShort;
  /**
   * How it is known of those that arrived: by a record that has the name that calls carry, or the port, or the time alone;
   * or by the answer alone, of an attempt that succeeded.
   */
  readonly joinedBy: Readonly<Partial<Record<MatchedBy | 'answer', number>>>;
  /** Of those that arrived, the ones that another tentacle-pong answered: several serve this address. Absent: none. */
  readonly answeredElsewhere?: number;
  /** Why it is unknown of some. `no-record`: this report holds no record of the attempt. */
  readonly unknown: Readonly<Partial<Record<UnmatchedReason | 'no-record', number>>>;
  /** Of those that arrived and failed, and that neither end ended: how far they had come, as the other end recorded it. */
  readonly cut: { readonly beforeTls: number; readonly inHandshake: number; readonly afterTls: number };
  /** Source addresses that are not this machine's: those of an address translator, or of the proxy. */
  readonly translated: readonly CountedAddress[];
  /** TLS version and suite where both ends know them and they differ. */
  readonly tls: readonly CountedTlsDifference[];
  /** Client certificates that arrived in place of this client's; null: none arrived. */
  readonly certificates: readonly CountedCertificate[];
  /** First bytes that are not those of the TLS that was sent. */
  readonly firstBytes: readonly CountedFirstBytes[];
  /** What it recorded of the attempts that failed here. */
  readonly failures: readonly (RemoteEvidence & {
    readonly id: FailureId;
    readonly endings: readonly RemoteEnding[];
  })[];
  /** Connections that appear to come from this client, and that none of the attempts opened. */
  readonly others: number;
  /** Whether the other end could accept all connections that its system received while attempts failed; absent: it does not report it. */
  readonly listener?: ListenerState;
  /** The most connections that it accepted in one turn of its event loop. It says nothing about the queue of new connections. */
  readonly largestAcceptBatch?: number;
}

/** The stages that both ends time. */
export type PairedStage = 'tls' | 'identity' | 'rpc';

/** The times of one stage at both ends, of the same attempts. */
export interface PairedTimes {
  readonly here: DurationFigures;
  /** The time that the other end took, without the network: from the first byte that it received to the last that it sent. */
  readonly there: DurationFigures;
  /**
   * The median of the differences, one for each attempt: the time on the network, and in the systems of both machines.
   * Absent for TLS, in which the other end also waits for the network.
   */
  readonly networkUs?: number;
}

/** How much later the other end's clock is than the local one, and how far that may be wrong. */
export interface ClockDifference {
  /** Negative: the other end's clock is behind. */
  readonly differenceUs: number;
  /** The true difference is within this much of it. */
  readonly uncertaintyUs: number;
  /** When it was measured, by the local clock: UTC, ISO 8601. */
  readonly takenAt: string;
  /** The difference could not be measured: it is assumed to be within the uncertainty. */
  readonly isAssumed?: true;
}

/** Fetching the records ended before all were fetched. */
export interface FetchCutShort {
  /** `time`: it took too long. `pages`: there were more than this tool fetches. */
  readonly why: 'time' | 'pages';
  /** How many had been fetched. */
  readonly records: number;
  /** All of connections that were accepted before this time, by the other end's clock, had been. Absent: not known. */
  readonly completeTo?: string;
}

/** How the record of an attempt was found. */
export type MatchedBy = 'activity' | 'port' | 'time';

/** Why it is unknown what happened to an attempt. */
export type UnmatchedReason =
  /** Several records may belong to it, or several attempts may have made its record. */
  | 'ambiguous'
  /** It is not certain that the listener was there, and has all its records of that time. */
  | 'not-kept'
  /** Fetching the records ended before all were fetched. */
  | 'not-fetched'
  /** There were connections from other addresses, and it is not known which client made them. */
  | 'withheld';

export type Counted<T> = T & { readonly count: number };

/** How many connections came from an address. */
export interface CountedAddress {
  readonly address: string;
  readonly count: number;
}

/** How many connections have a TLS version and suite here that differ from those there. */
export interface CountedTlsDifference {
  readonly ours: string;
  readonly theirs: string;
  readonly count: number;
}

/** How many connections a client certificate arrived on; null: none arrived. */
export interface CountedCertificate {
  readonly thumbprint: string | null;
  readonly count: number;
}

/** How many connections began with these bytes. */
export interface CountedFirstBytes {
  readonly bytes: ByteExcerpt;
  readonly count: number;
}

/** How connections ended there; without an ending they were still open when the records were fetched. */
export interface RemoteEnding {
  readonly ending?: string;
  readonly closedBy?: ClosedBy;
  readonly count: number;
}
