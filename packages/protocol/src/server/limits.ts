/** What a listener grants a peer before it has identified itself: connections, time and memory. */
export interface ListenerLimits {
  readonly connectionsMax: number;
  /** From accept to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** How long a peer may be silent within its preamble, and how long the whole preamble may take. */
  readonly preambleSilenceMs: number;
  readonly preambleMs: number;
  readonly preambleMaxBytes: number;
  /** For writing the page, or for exchanging identities. */
  readonly stepMs: number;
}

export const LISTENER_LIMITS: ListenerLimits = {
  // A server's pollers need one each, or a few; one a second held for a quarter of an hour are 900.
  connectionsMax: 1000,
  // Half of Octopus's own 60 s to connect, so that the log names a silent peer while that peer still waits.
  handshakeMs: 30_000,
  // The original TentaclePing sends any number of megabytes as one line, perhaps over a slow link.
  preambleSilenceMs: 60_000,
  preambleMs: 600_000,
  preambleMaxBytes: 1024 * 1024 * 1024,
  // The real library's limit for reads and writes of a step.
  stepMs: 60_000,
};
