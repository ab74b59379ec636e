/** How much a stranger may have of a listener before it has said who it is: of connections, of time, of memory. */
export interface ListenerLimits {
  readonly connectionsMax: number;
  /** From accept to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** How long a peer may be silent within its preamble, and how long all of it may take. */
  readonly preambleSilenceMs: number;
  readonly preambleMs: number;
  readonly preambleMaxBytes: number;
  /** For the page to be taken, or for the peer's identity to come. */
  readonly stepMs: number;
}

export const LISTENER_LIMITS: ListenerLimits = {
  // A server's pollers need one each, or a few; one a second held for a quarter of an hour are 900.
  connectionsMax: 1000,
  // Half of Octopus's own 60 s to connect, so that the log names a silent peer while that one still waits.
  handshakeMs: 30_000,
  // The original TentaclePing sends any number of megabytes as one line, maybe over a slow link.
  preambleSilenceMs: 60_000,
  preambleMs: 600_000,
  preambleMaxBytes: 1024 * 1024 * 1024,
  // The real library's limit for reads and writes of a step.
  stepMs: 60_000,
};
