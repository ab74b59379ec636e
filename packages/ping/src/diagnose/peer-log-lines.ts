import { count } from 'tentacle-protocol/cli';
import type { DiagnosisContext } from './diagnosis-context.js';

/** The lines that this run leaves in a real Tentacle's log, so that they are not taken for an attack or a fault. */
export function listPeerLogLines({ connections }: Pick<DiagnosisContext, 'connections'>): string[] {
  const lines: string[] = [];
  const add = (number: number, noun: string, text: string): void => {
    if (number > 0) lines.push(`${count(number, noun)} ${text}`);
  };
  const { tcp, tls, page, identity, call } = connections;
  // The connection that sent an identity completed TLS too; it counts under `identity` only if the peer replied.
  const withoutRequest = tls - Math.max(identity, Math.min(tls, 1));
  add(tcp + tls + page, 'line', '"Accepted TCP client", at the default level (Info)');
  add(
    tcp,
    'connection',
    'without TLS: an ERROR "Received an unexpected EOF or 0 bytes", or "Client failed authentication" at Debug level',
  );
  add(withoutRequest, 'TLS connection', 'without a request: "Ignoring empty request", at Trace level');
  add(page, 'page request', 'like a browser\'s: "Appears to be a web browser", at Trace level');
  if (identity === 0 && tls > 0)
    lines.push(
      'possibly 1 line with your thumbprint, "which is not in the list of thumbprints that we trust" (from Tentacle 8.1.1322 on at Debug level)',
    );
  add(call, 'call', 'without side effects: GetCapabilities, or a service that only tentacle-pong provides');
  return lines;
}
