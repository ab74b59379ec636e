import { type MemoryBudget } from 'tentacle-protocol';
import { LISTENER_LIMITS, type ListenerLimits } from 'tentacle-protocol/diagnostics';

/** What pong grants its clients: connections, time and memory. */
export interface Limits extends ListenerLimits {
  /** The longest pause between two calls, and the longest time for one call without its data streams. */
  readonly idleMs: number;
  readonly callMs: number;
  /** How long a data stream may stall; its total time is not limited. */
  readonly stallMs: number;
  /** One inflated request without its data streams. */
  readonly maxMessageBytes: number;
  /** All requests that are being read or answered, without those of up to 1 KiB. */
  readonly allMessagesMaxBytes: number;
  /** Enforces it across connections; set by the server that accepts them. */
  readonly memoryBudget?: MemoryBudget;
}

export const LIMITS: Limits = {
  ...LISTENER_LIMITS,
  // For a test of idle connections from every server of a large installation. Each holds up to 64 KB of memory (measured:
  // docs/measuring.md), and 40 KB more of received data that is not yet read: together a gigabyte, which a
  // Tentacle's host can bear.
  connectionsMax: 10_000,
  // A test of idle connections should find the network's idle timeout, not pong's: an hour is longer than devices
  // usually allow. (A shipped Tentacle closes after 60 s, the library by its defaults after ten minutes.)
  idleMs: 3_600_000,
  // The real library's own default.
  callMs: 600_000,
  // The real library's limit for a read or a write while data arrives.
  stallMs: 60_000,
  // Echo's payload is in the message; larger data uses data streams, which are never held in memory.
  maxMessageBytes: 1024 * 1024,
  // Sixteen of the largest. Decoded, the worst value (an empty document of 8 bytes) takes 192 bytes, so the 4,096 values of
  // one message add 0.8 MB. A kilobyte of them, which needs no reservation, takes 25 KB on each connection.
  allMessagesMaxBytes: 16 * 1024 * 1024,
};
