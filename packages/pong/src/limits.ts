/** How much a stranger may have of everything: of connections, of time, of memory. */
export interface Limits {
  readonly connectionsMax: number;
  /** From accept to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** How long a peer may be silent within its preamble, and how long all of it may take. */
  readonly preambleSilenceMs: number;
  readonly preambleMs: number;
  readonly preambleMaxBytes: number;
  /** For the page to be taken, or for the peer's identity to come. */
  readonly stepMs: number;
  /** Between two calls, and for one call without its data streams. */
  readonly idleMs: number;
  readonly callMs: number;
  /** How long a data stream may make no progress; as a whole it may take as long as it takes. */
  readonly stallMs: number;
  /** One inflated request, its data streams apart. */
  readonly maxMessageBytes: number;
}

export const LIMITS: Limits = {
  // A ping needs one, a server some tens; one a second held for a quarter of an hour are 900. With a full message
  // each (below) they hold a gigabyte, which a Tentacle's host can bear; ten times as many could not be borne.
  connectionsMax: 1000,
  // Half of Octopus's own 60 s to connect, so that the log names a silent peer while that one still waits.
  handshakeMs: 30_000,
  // The original TentaclePing sends any number of megabytes as one line, maybe over a slow link.
  preambleSilenceMs: 60_000,
  preambleMs: 600_000,
  preambleMaxBytes: 1024 * 1024 * 1024,
  // The real library's limit for reads and writes of a step.
  stepMs: 60_000,
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
