import { shortThumbprint, wrap } from 'tentacle-protocol/cli';
import { describeNat, describeSession } from 'tentacle-protocol/diagnostics';
import type { Report } from '../report/report.js';
import { detailLine } from './peer-text.js';

/** What pong attested, and on another line whether a device translates addresses (NAT) in between. */
export function attestationDetails({ attestation }: Pick<Report, 'attestation'>, width: number): string {
  if (attestation === undefined) return '';
  const texts = [describeSession(attestation), describeNat(attestation) ?? []].flat();
  return texts.map((text, index) => detailLine(index === 0 ? 'TLS' : '', text, width)).join('');
}

/** The attestation where it does not show that TLS is end to end, and NAT, in brief. */
export function attestationWarnings({ attestation }: Pick<Report, 'attestation'>): string[] {
  if (attestation === undefined) return [];
  const { result, publicKey = '' } = attestation;
  const session = describeSession(attestation).replaceAll(
    publicKey === '' ? /$^/g : publicKey,
    shortThumbprint(publicKey),
  );
  return [...(result === 'one-session' ? [] : [session])];
}

/** A device that translates addresses, in brief; it is not a fault. */
export function natLine({ attestation }: Pick<Report, 'attestation'>, width: number): string {
  const nat = attestation === undefined ? undefined : describeNat(attestation);
  return nat === undefined
    ? ''
    : `${wrap(`${nat.split(':')[0] ?? ''} (--verbose has its addresses)`, '  - ', '    ', width)}\n`;
}
