import type { ConnectionFacts } from 'tentacle-protocol';
import type { IdleReport } from './idle-report.js';
import type { IdleSides } from './idle-verdict.js';
import type { SizesReport } from './sizes-report.js';
import type { SizeSearchSides } from './sizes-verdict.js';
import type { TransferReport } from './transfer-report.js';

/** What a run measured beyond round trips: for its report, and for the headline. */
export type Measurement =
  | { readonly kind: 'idle'; readonly report: IdleReport; readonly sides: IdleSides }
  | { readonly kind: 'transfers'; readonly report: readonly TransferReport[] }
  | {
      readonly kind: 'sizes';
      readonly report: SizesReport;
      readonly sides: SizeSearchSides;
      readonly ladderBytes: readonly number[];
    }
  /** No size could be tried. */
  | { readonly kind: 'no-sizes'; readonly facts: ConnectionFacts };
