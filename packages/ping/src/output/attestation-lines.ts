import { wrap } from 'tentacle-protocol/cli';
import { describeNat, describeSession } from 'tentacle-protocol/diagnostics';
import type { Report } from '../report/report.js';

/** What pong attested, and on another line whether a device translates addresses (NAT) in between. */
export function attestationLines({ attestation }: Pick<Report, 'attestation'>, width: number): string {
  if (attestation === undefined) return '';
  const texts = [describeSession(attestation), describeNat(attestation) ?? []].flat();
  return texts.map((text, index) => `${wrap(text, index === 0 ? 'TLS:  ' : '      ', '      ', width)}\n`).join('');
}
