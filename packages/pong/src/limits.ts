import { LISTENER_LIMITS, type ListenerLimits } from 'tentacle-protocol';

/** How much a stranger may have of everything: of connections, of time, of memory. */
export interface Limits extends ListenerLimits {
  /** Between two calls, and for one call without its data streams. */
  readonly idleMs: number;
  readonly callMs: number;
  /** How long a data stream may make no progress; as a whole it may take as long as it takes. */
  readonly stallMs: number;
  /** One inflated request, its data streams apart. */
  readonly maxMessageBytes: number;
}

export const LIMITS: Limits = {
  ...LISTENER_LIMITS,
  // A test of idle connections should find out about the network's patience, not about ours: an hour is beyond what
  // devices are usually set to. (A shipped Tentacle closes after 60 s, the library by its defaults after ten minutes.)
  idleMs: 3_600_000,
  // The real library's own default.
  callMs: 600_000,
  // The real library's limit for a read or a write while data comes.
  stallMs: 60_000,
  // Echo's payload is in the message; what is larger has data streams, which are never held.
  maxMessageBytes: 1024 * 1024,
};
