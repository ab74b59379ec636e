import type { SecureContext } from 'node:tls';
import type { ListenerLimits } from 'tentacle-protocol';
import type { ServePlan } from './plan.js';
import type { Subscriptions } from './subscriptions.js';
import type { CallRecord, ServeTally } from './tally.js';

/** What all visitors of one run share. */
export interface House {
  readonly version: string;
  readonly plan: ServePlan;
  readonly limits: ListenerLimits;
  readonly secureContext: SecureContext;
  readonly trusted: ReadonlySet<string>;
  readonly subscriptions: Subscriptions;
  readonly tally: ServeTally;
  /** Told of each call that has its end. */
  readonly called: (record: CallRecord) => void;
  /** A line for people on what comes and goes. */
  readonly say: (line: string) => void;
  /** The run is over: calls that wait are given up, and pollers are left in order. */
  readonly closing: AbortSignal;
  /** The end, a moment later: every connection is cut. */
  readonly stop: AbortSignal;
}
