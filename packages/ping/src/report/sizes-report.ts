import type { Direction, FailureId } from 'tentacle-protocol';

/** Why a size is tried. */
export type ProbeReason = 'ladder' | 'again' | 'above' | 'between' | 'confirm';

/** The result of a search, as far as it has come. Plain data. */
export interface SizeLimit {
  /** The largest size that passed below every size that failed. */
  readonly largestOkBytes?: number;
  /** The smallest size that is taken for lost; absent where there is no limit. */
  readonly smallestFailedBytes?: number;
  /** Sizes that had different results when they were tried again, or failed below one that passed: these failures are chance. */
  readonly wavering: readonly number[];
  /** The search is complete. */
  readonly complete: boolean;
}

/** One size that was tried, on a connection of its own. Plain JSON. */
export interface TriedSize {
  /** Of the attempt. */
  readonly number: number;
  readonly direction: Direction;
  readonly sizeBytes: number;
  readonly why: ProbeReason | 'pieces';
  /** With `pieces`: so many of that size, one after the other, on one connection. */
  readonly pieces?: number;
  readonly outcome: 'ok' | 'cancelled' | FailureId;
  /** How much of it came, or was handed to the system. */
  readonly movedBytes: number;
  /** From the call to the end of the transfer; 0 where it did not come so far. */
  readonly durationUs: number;
}

/** What one direction came to. */
export interface SizesFound extends SizeLimit {
  /**
   * Where there is a limit of about a packet's size: whether more than that passed on one connection in pieces that are
   * smaller. Then the size of a packet counts, and not what a connection has carried.
   */
  readonly passesInPieces?: boolean;
}

/** With `--sizes`: which sizes passed, each way. */
export interface SizesReport {
  /**
   * How: as data streams, of which every byte is compared; or, to what takes none, as part of a request for its page,
   * whose coming shows that all of it arrived.
   */
  readonly by: 'streams' | 'page';
  readonly upload: SizesFound;
  /** Absent by page: nothing of size comes back. */
  readonly download?: SizesFound;
  /** In the order in which they ended. */
  readonly tried: readonly TriedSize[];
}
