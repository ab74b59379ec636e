import type { Direction } from 'tentacle-protocol';
import type { FailureId } from 'tentacle-protocol/diagnostics';

/** Why a size is tried. */
export type ProbeReason = 'ladder' | 'again' | 'above' | 'between' | 'confirm';

/** The result of a search, as far as it has come. Plain data. */
export interface SizeLimit {
  /** The largest size that passed below every size that failed. */
  readonly largestOkBytes?: number;
  /** The smallest size that counts as lost; absent without a limit. */
  readonly smallestFailedBytes?: number;
  /** Sizes that had different results when they were tried again, or failed below one that passed: these failures are chance. */
  readonly inconsistent: readonly number[];
  /** The search is complete. */
  readonly complete: boolean;
}

/** One size that was tried, on a connection of its own. Plain JSON. */
export interface TriedSize {
  /** The number of the attempt. */
  readonly number: number;
  readonly direction: Direction;
  readonly sizeBytes: number;
  readonly why: ProbeReason | 'pieces';
  /** With `pieces`: how many of that size, one after the other, on one connection. */
  readonly pieces?: number;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** Bytes received, or handed to the system. */
  readonly movedBytes: number;
  /** From the call to the end of the transfer; 0 where no transfer began. */
  readonly durationUs: number;
}

/** The result of one direction. */
export interface SizesFound extends SizeLimit {
  /**
   * Where there is a limit of about a packet's size: whether more than that passed on one connection in smaller
   * pieces. Then the packet size is the limit, and not the amount of data on a connection.
   */
  readonly passesInPieces?: boolean;
}

/** With `--sizes`: which sizes passed in each direction. */
export interface SizesReport {
  /**
   * How: as data streams, of which every byte is compared; or, to a peer that takes none, as part of a request for its
   * landing page, whose arrival shows that everything arrived.
   */
  readonly by: 'streams' | 'page';
  readonly upload: SizesFound;
  /** Absent by page: the response has no size to vary. */
  readonly download?: SizesFound;
  /** In the order in which they ended. */
  readonly tried: readonly TriedSize[];
}
