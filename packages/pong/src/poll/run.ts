import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { ConnectorPlan, ConnectionFacts, HttpProxy } from 'tentacle-protocol';
import type { PollPlan } from './plan.js';
import type { PollTally } from './tally.js';

/** What the connections of one run of polling share. */
export interface PollRun {
  readonly version: string;
  readonly plan: PollPlan;
  readonly subscription: string;
  readonly proxy: HttpProxy | undefined;
  readonly secureContext: SecureContext;
  /** Ours. */
  readonly thumbprint: string;
  readonly log: Pick<Logger, 'warn' | 'debug'>;
  readonly tally: PollTally;
  /** The end of the run: every connection says so and is closed. */
  readonly stop: AbortSignal;
}

/** Where to and as whom. */
export function connectorPlanOf(run: Pick<PollRun, 'plan' | 'secureContext' | 'proxy'>): ConnectorPlan {
  const { plan, secureContext, proxy } = run;
  return {
    ...plan.server,
    secureContext,
    ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

export function factsAtStart({ plan, subscription, thumbprint }: PollRun): ConnectionFacts {
  return {
    ...plan.server,
    timeoutUs: plan.timeoutUs,
    peerRole: 'server',
    subscription,
    ownThumbprint: thumbprint,
    ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
  };
}
