import type { AdmissionLimits } from './admission.js';

/** What a listener grants a peer before it has identified itself: connections, time and memory. */
export interface ListenerLimits extends AdmissionLimits {
  /** From accept to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** How long a peer may be silent within its preamble. */
  readonly preambleSilenceMs: number;
  readonly preambleMaxBytes: number;
  /** From accept to the complete exchange of identities, or to the end of the page. */
  readonly identityMs: number;
}

export const LISTENER_LIMITS: ListenerLimits = {
  // A server's pollers need one each, or a few; one a second held for a quarter of an hour are 900.
  connectionsMax: 1000,
  // Half of them: hundreds of Tentacles behind one NAT find a place, and no single address takes them all.
  connectionsPerAddressMax: 500,
  // A full handshake takes about 2 ms of processor time, so those of 500 clients that connect at once take a second.
  unidentifiedMax: 500,
  // Half of them again. Pollers that find no place connect again after a few seconds.
  unidentifiedPerAddressMax: 250,
  // A tenth: enough for the clients that were there before a flood.
  keptPercent: 10,
  // Half of Octopus's own 60 s to connect, so that the log names a silent peer while that peer still waits.
  handshakeMs: 30_000,
  // The same for a peer that is silent once TLS is established.
  preambleSilenceMs: 30_000,
  // The original TentaclePing sends any number of megabytes as one line.
  preambleMaxBytes: 1024 * 1024 * 1024,
  // As long as Octopus waits for a connection. A peer that sends byte by byte holds its place no longer.
  identityMs: 60_000,
};
