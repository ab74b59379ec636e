import { count } from 'tentacle-protocol/cli';
import type { DiagnosisContext } from './diagnosis-context.js';

/** The lines that this run leaves in a real Tentacle's log, so that they are not taken for an attack or a fault. */
export function listPeerLogLines({ connections }: DiagnosisContext): string[] {
  const lines: string[] = [];
  const add = (number: number, noun: string, text: string): void => {
    if (number > 0) lines.push(`${count(number, noun)} ${text}`);
  };
  const { tcp, tls, page, identity, call } = connections;
  add(tcp, 'connection', 'without TLS: "Received an unexpected EOF or 0 bytes", or a failed authentication');
  add(tls, 'TLS connection', 'without a request: "Ignoring empty request", at the diagnostic log level');
  add(page, 'page request', 'like a browser\'s: "Appears to be a web browser", at the diagnostic log level');
  if (identity === 0 && tls > 0)
    lines.push('possibly 1 line with your thumbprint, "which is not in the list of thumbprints that we trust"');
  add(call, 'call', 'without side effects: GetCapabilities, or a service that only tentacle-pong provides');
  return lines;
}
