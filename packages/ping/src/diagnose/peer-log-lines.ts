import { count } from 'tentacle-protocol/cli';
import { isWebPage } from 'tentacle-protocol/diagnostics';
import type { DiagnosisContext } from './diagnosis-context.js';

/** Pages of stand-ins, which are known not to write a Tentacle's log. */
const OTHER_PROGRAMS: readonly unknown[] = ['pong', 'ping', 'legacy-pong'];

/** What the list of log lines depends on. */
type LoggedRun = Pick<DiagnosisContext, 'connections' | 'page' | 'problems'>;

/**
 * The lines that this run leaves in a real Tentacle's log, so that they are not taken for an attack or a fault. Read in
 * Halibut's SecureListener and counted in the log of Tentacle 9.2 at its default level, Info.
 */
export function listPeerLogLines({ connections, page, problems }: LoggedRun): string[] {
  const isOther =
    OTHER_PROGRAMS.includes(page?.author) ||
    isWebPage(page?.author) ||
    problems.some(({ failure }) => failure.id === 'tls.not-tls');
  if (isOther) return [];
  const lines: string[] = [];
  const add = (number: number, noun: string, text: string): void => {
    if (number > 0) lines.push(`${count(number, noun)} ${text}`);
  };
  const { failedTls, cutTls, tls, page: pages, identity, call } = connections;
  add(failedTls + cutTls + tls + pages, 'line', '"Accepted TCP client" at the default level (Info)');
  add(identity, 'line', '"authenticated as" with your thumbprint at the default level (Info)');
  add(
    cutTls,
    'connection',
    'that ended during TLS without a TLS alert: an ERROR "Received an unexpected EOF or 0 bytes" each (Diagnostic since September 2026)',
  );
  add(failedTls, 'failed handshake', 'with one TLS option: "Client failed authentication" at Debug level');
  // One connection sent an identity; where it was rejected, that is a line of its own.
  const withoutRequest = tls - Math.max(identity, Math.min(tls, 1));
  add(withoutRequest, 'TLS connection', 'without a request: "Ignoring empty request" at Trace level');
  add(pages, 'page request', 'like a browser\'s: "Appears to be a web browser" at Trace level');
  if (identity === 0 && tls > 0)
    lines.push(
      'possibly 1 line with your thumbprint, "which is not in the list of thumbprints that we trust", at Debug level (Info before Tentacle 8.1.1322)',
    );
  add(call, 'call', 'without side effects: GetCapabilities, or a service that only tentacle-pong provides');
  return lines;
}
