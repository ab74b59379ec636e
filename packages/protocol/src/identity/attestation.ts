import { WireError } from '../halibut/wire-error.js';
import { isSignedBy } from './signing-key.js';
import { CertificateError, type CertificateFacts, describeCertificate } from './certificate.js';
import { isOtherVersion, parseStatement, type Statement } from './statement.js';
import { thumbprintOf } from './thumbprint.js';

/** What pong returns when it is asked to attest. All of it is a claim until {@link verifyAttestation} has checked it. */
export interface Attestation {
  /** The UTF-8 JSON text of a {@link Statement}, exactly as it was signed. */
  readonly statement: Buffer;
  /** Ed25519, 64 bytes. */
  readonly signature: Buffer;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** The certificate that pong presented (DER). The statement has its thumbprint. */
  readonly certificate: Buffer;
}

/** The same connection as this end observes it. */
export interface LocalView {
  /** 64 lower-case hex digits. */
  readonly nonce: string;
  readonly ownThumbprint: string;
  /** Of the certificate that the peer presented; null when it presented none. */
  readonly peerThumbprint: string | null;
  readonly tlsVersion: string;
  readonly cipher: string;
  readonly handshakeBound: boolean;
  readonly keyingMaterial: string;
  /** This end's addresses and the peer's; absent where the TCP connection goes to a proxy. */
  readonly ends?: SocketAddresses;
}

/** Both ends of a TCP connection. */
export interface SocketAddresses {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly pongAddress: string;
  readonly pongPort: number;
}

/** A property of the session that differs between the two ends. Null: there is none. */
export interface Mismatch {
  readonly what:
    | 'pong-certificate'
    | 'client-certificate'
    | 'tls-version'
    | 'tls-suite'
    | 'handshake-bound'
    | 'keying-material';
  readonly here: string | null;
  readonly atPong: string | null;
}

/** The result of an attestation. Plain JSON. */
export interface AttestationResult {
  readonly result: /** TLS is end to end with the holder of the key. */
    | 'one-session'
    /** Pong is in a different TLS session than this end. */
    | 'not-one-session'
    /** Signed with a key other than the expected one. */
    | 'wrong-key'
    /** The signature or the nonce does not match. */
    | 'not-valid'
    /** No attestation was received, see `why`. */
    | 'none';
  readonly why?: /** The peer has no such method. */
    | 'not-offered'
    /** It declined this time and said why. */
    | 'refused'
    /** It attested too many connections at the time, and said so each time that it was asked. */
    | 'busy'
    /** No attestation was requested: no round trip to a pong succeeded. */
    | 'not-asked'
    /** Its version is unknown to this program. */
    | 'other-form'
    /** What was received is not an attestation. */
    | 'garbled'
    | 'bad-signature'
    | 'other-nonce';
  /** The peer's own words where it declined. */
  readonly reason?: string;
  /** How often it was asked, where it was busy. */
  readonly tries?: number;
  /** The key that signed, 64 upper-case hex digits. */
  readonly publicKey?: string;
  /** The key from --pong-key; absent: the key was trusted on first use. */
  readonly expectedKey?: string;
  /** What pong signed. Its compact JSON text is what the signature covers: see docs/attestation.md. */
  readonly statement?: Statement;
  /** 128 lower-case hex digits. */
  readonly signature?: string;
  /** The content of the certificate that pong presented; absent where it cannot be read. */
  readonly pongCertificate?: CertificateFacts;
  readonly differences?: readonly Mismatch[];
  /** Of one session: the ends whose address or port at pong differs from that here. */
  readonly translated?: readonly ('client' | 'pong')[];
}

/**
 * What an attestation proves about the session in which it was requested.
 * @param expectedKey 64 hex digits; undefined: any key is trusted on first use.
 */
export function verifyAttestation(
  given: Attestation,
  own: LocalView,
  expectedKey: string | undefined,
): AttestationResult {
  const publicKey = given.publicKey.toString('hex').toUpperCase();
  const key = { publicKey, ...(expectedKey === undefined ? {} : { expectedKey }) };
  if (!isSignedBy(publicKey, given.statement, given.signature)) {
    return { result: 'not-valid', why: 'bad-signature', ...key };
  }
  const statement = statementIn(given.statement);
  if (statement === undefined) {
    return isOtherVersion(given.statement)
      ? { result: 'none', why: 'other-form', ...key }
      : { result: 'not-valid', why: 'garbled', ...key };
  }
  const signed = { ...key, statement, signature: given.signature.toString('hex') };
  if (statement.nonce !== own.nonce) return { result: 'not-valid', why: 'other-nonce', ...signed };
  const pongCertificate = certificateIn(given.certificate, statement.pongThumbprint);
  const differences = differencesOf(statement, own);
  const seen = { ...signed, ...(pongCertificate === undefined ? {} : { pongCertificate }), differences };
  if (expectedKey !== undefined && expectedKey !== publicKey) return { result: 'wrong-key', ...seen };
  if (differences.length > 0) return { result: 'not-one-session', ...seen };
  return {
    result: 'one-session',
    ...seen,
    ...(own.ends === undefined ? {} : { translated: translated(statement, own.ends) }),
  };
}

function statementIn(bytes: Buffer): Statement | undefined {
  try {
    return parseStatement(bytes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** The content of the certificate, if it is the one that the statement names. */
function certificateIn(der: Buffer, thumbprint: string): CertificateFacts | undefined {
  if (thumbprintOf(der) !== thumbprint) return undefined;
  try {
    return describeCertificate(der);
  } catch (error) {
    if (error instanceof CertificateError) return undefined;
    throw error;
  }
}

/** The most useful to a reader first. */
function differencesOf(pong: Statement, own: LocalView): Mismatch[] {
  const pairs: readonly (readonly [Mismatch['what'], string | null, string | null])[] = [
    ['pong-certificate', own.peerThumbprint, pong.pongThumbprint],
    ['client-certificate', own.ownThumbprint, pong.clientThumbprint],
    ['tls-version', own.tlsVersion, pong.tlsVersion],
    ['tls-suite', own.cipher, pong.cipher],
    ['handshake-bound', yesOrNo(own.handshakeBound), yesOrNo(pong.handshakeBound)],
    ['keying-material', own.keyingMaterial, pong.keyingMaterial],
  ];
  return pairs.flatMap(([what, here, atPong]) => (here === atPong ? [] : [{ what, here, atPong }]));
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function translated(pong: Statement, own: SocketAddresses): ('client' | 'pong')[] {
  const isClient = own.clientAddress === pong.clientAddress && own.clientPort === pong.clientPort;
  const isPong = own.pongAddress === pong.pongAddress && own.pongPort === pong.pongPort;
  return [...(isClient ? [] : (['client'] as const)), ...(isPong ? [] : (['pong'] as const))];
}
