import type { Direction } from 'tentacle-protocol';

/** One data stream to move. */
export interface TransferRequest {
  readonly direction: Direction;
  readonly sizeBytes: number;
}

/** The result of one data stream. Plain JSON. */
export interface Transfer extends TransferRequest {
  /** Bytes received (download), or handed to the system (upload; of a whole upload, all were received). */
  readonly movedBytes: number;
  /** From the call to the last byte, or to the peer's confirmation that it has all of them. */
  readonly durationUs: number;
  /** All bytes arrived, and the receiver found each of them unchanged. */
  readonly isWhole: boolean;
  /**
   * For how much of this time tentacle-ping computed, 0 to 100; for the rest it waited. Absent in records of earlier versions.
   */
  readonly busyPercent?: number;
  /** The same of tentacle-pong; absent where it was not asked, because tentacle-ping was busy itself, or is older. */
  readonly peerBusyPercent?: number;
  readonly series: RateSeries;
}

/** Bytes over time in equal intervals from the start. Plain JSON. */
export interface RateSeries {
  readonly intervalUs: number;
  /** Bytes moved in each interval; the last interval may be incomplete. */
  readonly bytes: readonly number[];
}

/** All transfers in one direction. Plain JSON. */
export interface TransferReport {
  readonly direction: Direction;
  /** The requested size of each. */
  readonly sizeBytes: number;
  /** Transfers that were completed, with every byte unchanged. */
  readonly whole: number;
  /** Transfers that ended early, or in which a byte was changed. */
  readonly broken: number;
  /** The bytes of all of them, and the time they took. */
  readonly movedBytes: number;
  readonly durationUs: number;
  /** Bytes per second from the call to its end: of the whole ones or, where there are none, of the last one. */
  readonly slowestPerSecond: number;
  readonly fastestPerSecond: number;
  /**
   * For how much of the time tentacle-ping computed, 0 to 100; for the rest it waited. Absent in reports of earlier versions.
   */
  readonly busyPercent?: number;
  /** The same of tentacle-pong; absent where it was not asked, because tentacle-ping was busy itself, or is older. */
  readonly peerBusyPercent?: number;
  /** The program that computed for so much of the time that it, and not the network, may have limited the rate; absent: neither. */
  readonly limitedBy?: 'tentacle-ping' | 'tentacle-pong';
  /** Of the last one. */
  readonly last: RateSeries;
}
