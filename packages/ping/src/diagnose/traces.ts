import type { Inquiry } from './inquiry.js';

/** The lines that this run leaves in the log of a real Tentacle, so that nobody takes them for an attack or a fault. */
export function tracesOf({ made }: Inquiry): string[] {
  const lines: string[] = [];
  const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
  if (made.tcp > 0)
    lines.push(
      `${times(made.tcp)} a connection without TLS ("Received an unexpected EOF or 0 bytes", or a failed authentication)`,
    );
  if (made.tls > 0)
    lines.push(
      `${times(made.tls)} a TLS connection without a request ("Ignoring empty request", at the diagnostic level)`,
    );
  if (made.page > 0)
    lines.push(`${times(made.page)} a browser ("Appears to be a web browser", at the diagnostic level)`);
  if (made.identity === 0 && made.tls > 0)
    lines.push('perhaps once our thumbprint, "which is not in the list of thumbprints that we trust"');
  if (made.call > 0)
    lines.push(
      `${times(made.call)} a call that changes nothing (GetCapabilities, or a service that only tentacle-pong has)`,
    );
  return lines;
}
