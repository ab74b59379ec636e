import { type Allowance, LISTENER_LIMITS, type ListenerLimits } from 'tentacle-protocol';

/** How much a stranger may have of everything: of connections, of time, of memory. */
export interface Limits extends ListenerLimits {
  /** Between two calls, and for one call without its data streams. */
  readonly idleMs: number;
  readonly callMs: number;
  /** How long a data stream may make no progress; as a whole it may take as long as it takes. */
  readonly stallMs: number;
  /** One inflated request, its data streams apart. */
  readonly maxMessageBytes: number;
  /** All requests together that are being read or answered, those of up to 1 KiB not counted. */
  readonly allMessagesMaxBytes: number;
  /** How they are held to it, once there is a gate that all come through. */
  readonly allowance?: Allowance;
}

export const LIMITS: Limits = {
  ...LISTENER_LIMITS,
  // A test of idle connections from every server of a large installation. Each holds up to 64 KB of memory (measured:
  // docs/measuring.md), and 40 KB more of what its peer sent and nobody has read: together a gigabyte, which a
  // Tentacle's host can bear.
  connectionsMax: 10_000,
  // A test of idle connections should find out about the network's patience, not about ours: an hour is beyond what
  // devices are usually set to. (A shipped Tentacle closes after 60 s, the library by its defaults after ten minutes.)
  idleMs: 3_600_000,
  // The real library's own default.
  callMs: 600_000,
  // The real library's limit for a read or a write while data comes.
  stallMs: 60_000,
  // Echo's payload is in the message; what is larger has data streams, which are never held.
  maxMessageBytes: 1024 * 1024,
  // Sixteen of the largest. The worst that can be made of BSON takes 28 times its size once it is decoded, so half a
  // gigabyte; a kilobyte of each connection beside it adds as much at most.
  allMessagesMaxBytes: 16 * 1024 * 1024,
};
