import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { ConnectOptions, ConnectionFacts, HttpProxy } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { PollOptions } from '../options/poll-options.js';
import type { PollTally } from './poll-tally.js';

/** What the connections of one polling run share. */
export interface PollingContext {
  readonly version: string;
  readonly plan: PollOptions;
  readonly subscription: string;
  readonly proxy: HttpProxy | undefined;
  readonly secureContext: SecureContext;
  /** Of this Tentacle's certificate. */
  readonly thumbprint: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
  readonly tally: PollTally;
  /** The end of the run: every connection sends END and is closed. */
  readonly stop: AbortSignal;
}

/** Returns the peer to connect to, and the certificate to present. */
export function connectOptions(context: Pick<PollingContext, 'plan' | 'secureContext' | 'proxy'>): ConnectOptions {
  const { plan, secureContext, proxy } = context;
  return {
    ...plan.server,
    secureContext,
    ...omitUndefined({ expectedThumbprint: plan.thumbprint, proxy }),
  };
}

/** Returns what is known of a connection before it starts. */
export function initialFacts({ plan, subscription, thumbprint }: PollingContext): ConnectionFacts {
  return {
    ...plan.server,
    timeoutUs: plan.timeoutUs,
    peerRole: 'server',
    subscription,
    ownThumbprint: thumbprint,
    ...omitUndefined({ expectedThumbprint: plan.thumbprint }),
  };
}
