import type { SecureContext } from 'node:tls';
import type { PollingServerOptions } from '../../options/polling-server-options.js';
import type { PollingServerLimits } from './polling-server-limits.js';
import type { CallRecord, PollingTally } from './polling-tally.js';
import type { Subscriptions } from './subscriptions.js';

/** What all connections of one polling server share. */
export interface PollingServerContext {
  readonly version: string;
  readonly plan: PollingServerOptions;
  readonly limits: PollingServerLimits;
  readonly secureContext: SecureContext;
  readonly trusted: ReadonlySet<string>;
  readonly subscriptions: Subscriptions;
  readonly tally: PollingTally;
  /** Called with each call that is completed. */
  readonly onCallCompleted: (record: CallRecord) => void;
  /** Called with a line for people about connections. */
  readonly onMessage: (line: string) => void;
  /** The run is over: waiting calls are canceled, and pollers are disconnected normally. */
  readonly closing: AbortSignal;
  /** The end, a moment later: every connection is cut. */
  readonly stop: AbortSignal;
}
