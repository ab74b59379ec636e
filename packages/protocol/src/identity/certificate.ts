import { X509Certificate, type KeyObject } from 'node:crypto';
import { readDer, readOid, TAG } from './der.js';
import { thumbprintOf } from './thumbprint.js';

/** The contents of a certificate, for people and for checks of its risks. Plain data. */
export interface CertificateFacts {
  /** SHA-1 of its DER bytes, 40 upper-case hex digits. */
  readonly thumbprint: string;
  /** `CN=Octopus Tentacle`; several parts are joined by `, `. Control characters are escaped. */
  readonly subject: string;
  readonly issuer: string;
  /** The issuer is the subject, and its own key verifies the signature. */
  readonly selfSigned: boolean;
  /** `rsa`, `rsa-pss`, `ec`, `ed25519`…, as node:crypto names it; `unknown` for a key that OpenSSL does not know. */
  readonly keyType: string;
  /** RSA modulus or curve size in bits; undefined where the type alone fixes it. */
  readonly keyBits: number | undefined;
  /** OpenSSL's long name (`sha256WithRSAEncryption`), or the dotted object identifier of one not known here. */
  readonly signatureAlgorithm: string;
  /** ISO 8601, UTC: `2026-11-22T12:26:57Z`. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Upper-case hex. */
  readonly serial: string;
}

/** The subjects of the certificates that Tentacle and Octopus Server create for Halibut. */
const OCTOPUS_SUBJECTS: readonly string[] = ['CN=Octopus Tentacle', 'CN=Octopus Portal'];

/** Whether Octopus created a certificate: self-signed, with a name of its own. Any other self-signed one is not its. */
export function isOctopusCertificate({ selfSigned, subject }: CertificateFacts): boolean {
  return selfSigned && OCTOPUS_SUBJECTS.includes(subject);
}

/** The bytes are not a readable certificate. The message is one line. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code = 'CERTIFICATE_UNREADABLE';
}

/** The largest certificate list that OpenSSL accepts from a peer (SSL_MAX_CERT_LIST_DEFAULT), so no peer sends more. */
const MAX_BYTES = 100 * 1024;

/** The longest name or serial that is kept: a hostile certificate can hold 100 KiB, and this text is for one line. */
const MAX_TEXT = 1000;

/** Signature algorithms by object identifier, under OpenSSL's names (Node 20 does not report them). */
const SIGNATURE_ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  // Old Windows tools (makecert) write this identifier for SHA-1 with RSA.
  '1.3.14.3.2.29': 'sha1WithRSA',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};

/** The attempts of a run meet the same certificate repeatedly, and parsing it takes an eighth of a connection's time. */
let lastDescribed: { readonly der: Buffer; readonly facts: CertificateFacts } | undefined;

/**
 * Describes a certificate, this machine's own or one from an untrusted peer.
 * @throws CertificateError, and nothing else, for any bytes.
 */
export function describeCertificate(der: Uint8Array): CertificateFacts {
  if (lastDescribed?.der.equals(der) === true) return lastDescribed.facts;
  if (der.length > MAX_BYTES)
    throw new CertificateError(`not a certificate: its ${der.length} bytes exceed the limit of ${MAX_BYTES}`);
  // X509Certificate would also accept PEM text, and the hash of a text is not a certificate's thumbprint.
  if (der[0] !== TAG.sequence) throw new CertificateError('not a certificate: the bytes are not DER');
  try {
    const facts = describe(new X509Certificate(der));
    lastDescribed = { der: Buffer.from(der), facts };
    return facts;
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw new CertificateError('not a certificate: OpenSSL cannot read it', { cause: error });
  }
}

function describe(certificate: X509Certificate): CertificateFacts {
  const key = publicKeyOf(certificate);
  return {
    thumbprint: thumbprintOf(certificate.raw),
    subject: joinNameParts(certificate.subject),
    issuer: joinNameParts(certificate.issuer),
    selfSigned: isSelfSigned(certificate, key),
    keyType: key?.asymmetricKeyType ?? 'unknown',
    keyBits: key === undefined ? undefined : keyBits(key),
    signatureAlgorithm: signatureAlgorithm(certificate.raw),
    notBefore: readTime(certificate.validFrom),
    notAfter: readTime(certificate.validTo),
    serial: certificate.serialNumber.slice(0, MAX_TEXT),
  };
}

function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined; // A key type or curve that OpenSSL does not know; the rest can still be described.
  }
}

function isSelfSigned(certificate: X509Certificate, key: KeyObject | undefined): boolean {
  if (key === undefined || certificate.subject !== certificate.issuer) return false;
  try {
    return certificate.verify(key);
  } catch {
    return false; // A signature algorithm that OpenSSL does not know.
  }
}

function keyBits(key: KeyObject): number | undefined {
  const details = key.asymmetricKeyDetails;
  if (details?.modulusLength !== undefined) return details.modulusLength;
  // Every named curve that OpenSSL knows has its size as the first number of three digits: prime256v1, secp384r1.
  const size = /\d{3}/.exec(details?.namedCurve ?? '')?.[0];
  return size === undefined ? undefined : Number(size);
}

/** Certificate is SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }. */
function signatureAlgorithm(der: Uint8Array): string {
  const outer = readDer(der);
  const signed = outer && readDer(outer.content);
  const algorithm = signed && readDer(outer.content, signed.next);
  const id = algorithm?.tag === TAG.sequence ? readDer(algorithm.content) : undefined;
  const oid = id?.tag === TAG.objectId && id.whole ? readOid(id.content) : undefined;
  if (oid === undefined) throw new CertificateError('not a certificate: it has no signature algorithm');
  return SIGNATURE_ALGORITHMS[oid] ?? oid;
}

/** Joins a name's parts: node:crypto returns one line for each, and nothing for a name without parts. */
function joinNameParts(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ').slice(0, MAX_TEXT);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Converts OpenSSL's `Nov 22 12:26:57 2026 GMT` to ISO form. `new Date(text)` would read the year 99 as 1999. */
function readTime(text: string): string {
  const match = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?:\.\d+)? (\d{1,4}) GMT$/.exec(text);
  const [, name = '', day = '', time = '', year = ''] = match ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) throw new CertificateError('not a certificate: its dates are unreadable');
  return `${year.padStart(4, '0')}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`;
}
