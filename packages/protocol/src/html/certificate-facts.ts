import type { CertificateFacts } from '../identity/certificate.js';
import { h, type Markup } from './markup.js';
import { facts } from './parts.js';

/** What a certificate contains. */
export function certificateFacts(certificate: CertificateFacts): Markup {
  const { thumbprint, subject, issuer, selfSigned, keyType, keyBits, signatureAlgorithm } = certificate;
  return facts([
    ['thumbprint', h('code', {}, thumbprint)],
    ['subject', subject],
    ['issuer', selfSigned ? 'self-signed' : issuer],
    ['valid from', certificate.notBefore],
    ['valid to', certificate.notAfter],
    ['key', [keyType.toUpperCase(), keyBits === undefined ? [] : `${keyBits} bits`].flat().join(', ')],
    ['signature', signatureAlgorithm],
    ['serial number', h('code', {}, certificate.serial)],
  ]);
}
