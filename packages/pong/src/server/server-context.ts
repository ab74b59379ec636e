import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { EndingLog } from './ending-log.js';
import type { Attestor } from './attestor.js';
import type { Limits } from './limits.js';
import type { ListenerMonitor } from './listener-monitor.js';
import type { StartFacts } from './page.js';
import type { RecordStore } from './record-store.js';
import type { Tally } from './tally.js';
import type { TransferLimits } from './transfer-limits.js';

/** What all connections of one run share. */
export interface ServerContext {
  readonly version: string;
  readonly secureContext: SecureContext;
  /** Thumbprints of the clients to accept; empty: any client, with or without a certificate. */
  readonly trusted: ReadonlySet<string>;
  readonly attestor: Attestor;
  readonly limits: Limits;
  /** What clients may transfer. */
  readonly transfers: TransferLimits;
  readonly log: Logger;
  /** The lines of connections that ended. */
  readonly endingLog: EndingLog;
  readonly tally: Tally;
  readonly records: Pick<RecordStore, 'add' | 'query' | 'latestFrom'>;
  /** Facts of the text at the start, for the page. */
  readonly startFacts: () => StartFacts;
  readonly monitor: ListenerMonitor;
  /** The end of the run: every connection is cut. */
  readonly stop: AbortSignal;
}
