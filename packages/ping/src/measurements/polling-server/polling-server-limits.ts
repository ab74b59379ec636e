import { LISTENER_LIMITS, type ListenerLimits } from 'tentacle-protocol/diagnostics';

/** What the polling server grants its pollers. */
export interface PollingServerLimits extends ListenerLimits {
  /** For one message or control word of a poller, a call's own time apart. */
  readonly stepMs: number;
}

export const POLLING_SERVER_LIMITS: PollingServerLimits = {
  ...LISTENER_LIMITS,
  // The real library's limit for reads and writes of a step.
  stepMs: 60_000,
};
