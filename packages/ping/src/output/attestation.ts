import { WIDTH, wrap } from 'tentacle-protocol/cli';
import { describeSession, describeNat } from 'tentacle-protocol/diagnostics';
import type { Report } from '../report/report.js';

/** What pong attested, in a line, and another line where an address translator is on the path. */
export function attestationLines({ attestation }: Pick<Report, 'attestation'>): string {
  if (attestation === undefined) return '';
  const words = [describeSession(attestation), describeNat(attestation) ?? []].flat();
  return words.map((text, index) => `${wrap(text, index === 0 ? 'TLS:  ' : '      ', '      ', WIDTH)}\n`).join('');
}
