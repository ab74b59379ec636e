import type { InboundObservation } from '../inbound-observation.js';
import { AFTER_TLS, orPoller, defineEnding, program, realListener, realPeer } from './ending.js';

/** A client sends its first bytes one round trip after the handshake at most; no path has one this long. */
const SILENT_US = 5_000_000;

/** Whether TLS was completed with a client certificate, and nothing was sent for a long time after it. */
function isSilentClient(observation: InboundObservation): boolean {
  const { phase, code, receivedBytes, clientThumbprint, elapsedInPhaseUs = 0 } = observation;
  if (phase !== 'preamble' || receivedBytes > 0 || !clientThumbprint) return false;
  // Also while it is open: a client that expects another certificate keeps the connection until its process ends.
  return code === 'READ_TIMEOUT' || (code === 'CANCELLED' && elapsedInPhaseUs >= SILENT_US);
}

/** Endings of clients that do not accept this end's certificate. They stand before those of a stop, which may cut them. */
export const trustEndings = [
  defineEnding({
    id: 'trust.silent-client',
    level: 'warn',
    when: isSilentClient,
    title: 'TLS completed with a certificate, then silence',
    means: (observation) =>
      `${observation.address} presented the certificate ${observation.clientThumbprint ?? ''}, completed TLS, and then sent nothing. ${realPeer(observation)}${orPoller(observation)} does this when it expects another thumbprint than the one ${program(observation)} presents. Its own log then names both. Start ${program(observation)} with the certificate of ${realListener(observation).replace(/^an? /, 'the ')} (--pfx), or compare the thumbprints. If its log shows no such error, its process was paused, or a device in between drops what it sends.`,
    example: { ...AFTER_TLS, code: 'READ_TIMEOUT' },
  }),
];
