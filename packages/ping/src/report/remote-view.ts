import type { Bytes, ClosedBy, FailureId, SeenThere } from 'tentacle-protocol';
import type { ClockDifference } from '../remote-records/clock.js';
import type { MatchedBy, UnmatchedReason } from '../remote-records/match-records.js';

/** What the other end saw of the attempts, or why that is not known. */
export type RemoteView = ComparedEnds | RemoteViewUnavailable;

export interface RemoteViewUnavailable {
  readonly status: 'not-seen';
  /**
   * `not-reached`: tentacle-pong did not give its records in time. `refused`: it does not answer our certificate.
   * `unknown-peer`: no attempt got so far that the peer could say what it is.
   */
  readonly why: 'not-reached' | 'refused' | 'unknown-peer';
}

/** Both ends' records, set beside each other. */
export interface ComparedEnds {
  readonly status: 'compared';
  /** Over the protocol at the end of the run, or afterwards from files. */
  readonly how: 'asked' | 'files';
  readonly pongVersion: string;
  /** How far the two clocks are apart; absent where nothing tells. */
  readonly clock?: ClockDifference;
  /** What became of each attempt: `sent` is the sum of all others. */
  readonly attempts: {
    readonly sent: number;
    readonly arrived: number;
    readonly neverArrived: number;
    /** On a connection that an earlier attempt had made. */
    readonly kept: number;
    /** Ended before a packet could go there. */
    readonly notSent: number;
    readonly unknown: number;
  };
  /** By what the records of those that arrived were found: the name that calls carry, the port, the time alone. */
  readonly joinedBy: Readonly<Partial<Record<MatchedBy, number>>>;
  /** Why it is unknown of some. `no-record`: this report holds no record of the attempt. */
  readonly unknown: Readonly<Partial<Record<UnmatchedReason | 'no-record', number>>>;
  /** Of those that arrived and failed, and that neither end ended: how far they had come, as the other end saw it. */
  readonly cut: { readonly beforeTls: number; readonly inHandshake: number; readonly afterTls: number };
  /** Where they came from, when that is not our own address: an address translator, or the proxy. */
  readonly translated: readonly Counted<{ readonly address: string }>[];
  /** TLS version and suite where both ends know them and they are not the same. */
  readonly tls: readonly Counted<{ readonly ours: string; readonly theirs: string }>[];
  /** Client certificates that came in place of ours; null: none came. */
  readonly certificates: readonly Counted<{ readonly thumbprint: string | null }>[];
  /** First bytes that are not those of the TLS that we sent. */
  readonly firstBytes: readonly Counted<{ readonly bytes: Bytes }>[];
  /** What it saw of the attempts that failed here. */
  readonly failures: readonly (SeenThere & { readonly id: FailureId; readonly endings: readonly RemoteEnding[] })[];
  /** Connections that came from us, as it seems, and that none of the attempts made. */
  readonly others: number;
  /** The most connections that its system had ready for it at one time: a longer queue was never full. */
  readonly acceptedAtOnce?: number;
}

export type Counted<T> = T & { readonly count: number };

/** How connections ended there; without an ending they were open when it was asked. */
export interface RemoteEnding {
  readonly ending?: string;
  readonly closedBy?: ClosedBy;
  readonly count: number;
}
