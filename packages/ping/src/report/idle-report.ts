import type { ClosedBy, Failure, FailureId } from 'tentacle-protocol/diagnostics';

/** The result of the search for idle timeouts. Plain JSON. */
export interface IdleReport {
  /** The shortest and the longest requested idle time. */
  readonly fromUs: number;
  readonly toUs: number;
  /** With TCP keep-alive, as Octopus and Tentacles of 2024.1 and later have it; and without, as older versions. */
  readonly keepAliveOn: IdleSideReport & { readonly keepAliveUs: number };
  readonly keepAliveOff: IdleSideReport & {
    /** Whether the other end sent none either: a pong stops on request, a Tentacle goes on (every 15 s, from 2024.1). */
    readonly peerKeepAliveOff: boolean;
  };
  /** All connections that were left idle, in the order in which they ended. */
  readonly probes: readonly IdleProbe[];
}

/** The result of connections that differ only in their idle time. */
export interface IdleArm {
  /**
   * `ok`: all survived, up to the longest that was completed; a failure id: how the connection with the shortest idle
   * time failed; `unknown`: none was completed.
   */
  readonly outcome: 'ok' | 'unknown' | FailureId;
  /** The longest survived idle time below the shortest that was not survived; absent: none. */
  readonly longestOkUs?: number;
  /** The shortest idle time after which a connection was dead; absent: none. */
  readonly shortestDeadUs?: number;
  /** Its end was observed when it happened: this is the exact limit. Otherwise the limit lies between the two times. */
  readonly exact: boolean;
  /** Whether the limit is known with the intended precision, and consistent. */
  readonly settled: boolean;
  /** The number of connections that were dead after that time or a longer one. */
  readonly deaths: number;
  /** The number of connections that contradict the two times above, because they failed earlier or survived longer. */
  readonly exceptions: number;
}

export interface IdleSideReport extends IdleArm {
  /** Whether this is the known limit of the peer itself, and not a fault: a Tentacle closes after 60 s. */
  readonly normal: boolean;
}

/** One connection: a call, idle time, another call. */
export interface IdleProbe {
  /** The number of the attempt that opened the connection. */
  readonly number: number;
  /** After this much silence the system checks whether the other end is there; absent: keep-alive is off. */
  readonly keepAliveUs?: number;
  /** The other end has switched off its keep-alive for this connection; absent: it may be on. */
  readonly peerKeepAliveOff?: true;
  /** The requested idle time. */
  readonly spanUs: number;
  /** UTC, ISO 8601: when the idle time began. */
  readonly startedAt: string;
  /** `cut`: given up by tentacle-ping before there was a result. */
  readonly outcome: 'ok' | 'cut' | FailureId;
  /** UTC, ISO 8601: when it was lost, or found to be. */
  readonly failedAt?: string;
  /** The actual idle time, up to its end or to the call. */
  readonly idleUs: number;
  /** The duration of the call after the idle time; absent: there was none. */
  readonly checkUs?: number;
  readonly failure?: Failure;
  /**
   * How it ended there, by the record of tentacle-pong: without an ending it was still open when the record was fetched.
   * Absent: unknown.
   */
  readonly there?: { readonly ending?: string; readonly closedBy?: ClosedBy };
}
