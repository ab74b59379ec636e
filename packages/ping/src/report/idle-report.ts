import type { ClosedBy, Failure, FailureId } from 'tentacle-protocol';

/** What the idle ladder found. Plain JSON. */
export interface IdleReport {
  /** The shortest and the longest time that connections were to be idle. */
  readonly fromUs: number;
  readonly toUs: number;
  /** With TCP keep-alive, as Octopus and Tentacles of 2024.1 and later have it; and without, as older ones. */
  readonly keepAliveOn: IdleSideReport & { readonly keepAliveUs: number };
  readonly keepAliveOff: IdleSideReport & {
    /** Whether the other end, too, sent none: a pong does that when it is asked, a Tentacle's go on (each 15 s, from 2024.1). */
    readonly peerQuiet: boolean;
  };
  /** All connections that were left idle, in the order in which that ended. */
  readonly probes: readonly IdleProbe[];
}

/** What connections came to that differ only in how long they were idle. */
export interface IdleArm {
  /**
   * `ok`: all survived, up to the longest that ended; a failure id: how the one died that died first; `unknown`: none
   * came to an end.
   */
  readonly outcome: 'ok' | 'unknown' | FailureId;
  /** The longest idle time that was survived below the shortest that was not; absent: none. */
  readonly longestOkUs?: number;
  /** The shortest idle time after which a connection was dead; absent: none was. */
  readonly shortestDeadUs?: number;
  /** It ended before our eyes: that is the very time. Otherwise it lies between the two. */
  readonly exact: boolean;
  /** Whether that is as near as it is wanted, and the same in all tries. */
  readonly settled: boolean;
  /** How many connections were dead after that time or a longer one. */
  readonly deaths: number;
  /** How many contradict the two times above, as they died earlier or survived longer: then it is not always the same. */
  readonly exceptions: number;
}

export interface IdleSideReport extends IdleArm {
  /** It is what the peer is known to do by itself, and no fault: a Tentacle closes after 60 s. */
  readonly normal: boolean;
}

/** One connection: a call, a time of idleness, another call. */
export interface IdleProbe {
  /** That of the attempt that made the connection. */
  readonly number: number;
  /** After so much silence the system asks the other end whether it is there; absent: keep-alive is off. */
  readonly keepAliveUs?: number;
  /** The other end has switched its keep-alive off for this connection; absent: it may go on. */
  readonly peerQuiet?: true;
  /** How long it was to be idle. */
  readonly spanUs: number;
  /** UTC, ISO 8601: when the idleness began. */
  readonly startedAt: string;
  /** `cut`: given up by us before it came to anything. */
  readonly outcome: 'ok' | 'cut' | FailureId;
  /** How long it was idle, to its end or to the call. */
  readonly idleUs: number;
  /** What the call after the idleness took; absent: it came to none. */
  readonly checkUs?: number;
  readonly failure?: Failure;
  /**
   * How it ended there, by the record of a tentacle-pong: without an ending it was still open when that was asked. Absent:
   * not known.
   */
  readonly there?: { readonly ending?: string; readonly closedBy?: ClosedBy };
}
