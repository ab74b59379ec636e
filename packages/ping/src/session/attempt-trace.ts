import { ConnectionTrace } from 'tentacle-protocol';
import type { Transfer } from '../report/transfer-report.js';

/** The trace of one attempt: that of its connection, and the times that belong to no stage. */
export class AttemptTrace extends ConnectionTrace {
  /** The time of NEXT and PROCEED on a reused connection. */
  turnaroundUs = 0;
  /** The time it took to find out what the peer is. */
  peerProbeUs = 0;
  /** Data streams that were moved, completely or in part: each in a stage of its own. */
  readonly transfers: Transfer[] = [];
}
