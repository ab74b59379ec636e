import { WireError } from '../wire/wire-error.js';
import { isSignedBy } from './attestation-key.js';
import { CertificateError, type CertificateFacts, describeCertificate } from './certificate.js';
import { isOtherForm, readStatement, type Statement } from './statement.js';
import { thumbprintOf } from './thumbprint.js';

/** What pong answers when it is asked to attest: all of it claims, until {@link judgeAttestation} has looked. */
export interface Attestation {
  /** The bytes of a {@link Statement}. */
  readonly statement: Buffer;
  /** Ed25519, 64 bytes. */
  readonly signature: Buffer;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** The certificate that pong presented (DER): the statement has its thumbprint. */
  readonly certificate: Buffer;
}

/** The same connection as the asking end sees it. */
export interface OwnSight {
  /** 64 lower-case hex digits. */
  readonly nonce: string;
  readonly ownThumbprint: string;
  /** Of the certificate that was presented to us; null for none. */
  readonly peerThumbprint: string | null;
  readonly tlsVersion: string;
  readonly cipher: string;
  readonly handshakeBound: boolean;
  readonly keyingMaterial: string;
  /** Ours and the peer's; absent where the TCP connection goes to a proxy. */
  readonly ends?: Ends;
}

/** Both ends of a TCP connection. */
export interface Ends {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly pongAddress: string;
  readonly pongPort: number;
}

/** What of a session is not the same at both ends. Null: none. */
export interface Difference {
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

/** What an attestation came to. Plain JSON. */
export interface Attested {
  readonly result: /** The TLS session is one, from here to the holder of the key. */
    | 'one-session'
    /** Pong speaks in another TLS session than we. */
    | 'not-one-session'
    /** Signed by another key than the expected one. */
    | 'wrong-key'
    /** Not signed as it should be, or not for this question. */
    | 'not-valid'
    /** None came, see `why`. */
    | 'none';
  readonly why?: /** The peer has no such method. */
    | 'not-offered'
    /** It would not just now, and says why. */
    | 'refused'
    /** Nobody asked: no round trip to a pong came about. */
    | 'not-asked'
    /** It came in a form that this version does not know. */
    | 'other-form'
    /** What came is no attestation. */
    | 'garbled'
    | 'bad-signature'
    | 'other-nonce';
  /** The peer's own words where it refused. */
  readonly said?: string;
  /** The key that signed, 64 upper-case hex digits. */
  readonly publicKey?: string;
  /** The one that was asked for; absent: the key was trusted as it came. */
  readonly expectedKey?: string;
  /** What pong signed: docs/attestation.md has the form, so that anybody can check the signature. */
  readonly statement?: Statement;
  /** 128 lower-case hex digits. */
  readonly signature?: string;
  /** Of the certificate that pong presented, as it says itself; absent where it cannot be read. */
  readonly pongCertificate?: CertificateFacts;
  readonly differences?: readonly Difference[];
  /** Of one session: which ends have other addresses or ports at pong than here. */
  readonly translated?: readonly ('client' | 'pong')[];
}

/**
 * What an attestation proves of the session in which it was asked for.
 * @param expectedKey 64 hex digits; undefined: any key is taken, at first sight.
 */
export function judgeAttestation(given: Attestation, own: OwnSight, expectedKey: string | undefined): Attested {
  const publicKey = given.publicKey.toString('hex').toUpperCase();
  const key = { publicKey, ...(expectedKey === undefined ? {} : { expectedKey }) };
  if (!isSignedBy(publicKey, given.statement, given.signature)) {
    return { result: 'not-valid', why: 'bad-signature', ...key };
  }
  const statement = statementIn(given.statement);
  if (statement === undefined) {
    const isNewer = isOtherForm(given.statement);
    return isNewer ? { result: 'none', why: 'other-form', ...key } : { result: 'not-valid', why: 'garbled', ...key };
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
    return readStatement(bytes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** What the certificate says, if it is the one that the statement names. */
function certificateIn(der: Buffer, thumbprint: string): CertificateFacts | undefined {
  if (thumbprintOf(der) !== thumbprint) return undefined;
  try {
    return describeCertificate(der);
  } catch (error) {
    if (error instanceof CertificateError) return undefined;
    throw error;
  }
}

/** In the order of what a person can make the most of. */
function differencesOf(pong: Statement, own: OwnSight): Difference[] {
  const pairs: readonly (readonly [Difference['what'], string | null, string | null])[] = [
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

function translated(pong: Statement, own: Ends): ('client' | 'pong')[] {
  const isClient = own.clientAddress === pong.clientAddress && own.clientPort === pong.clientPort;
  const isPong = own.pongAddress === pong.pongAddress && own.pongPort === pong.pongPort;
  return [...(isClient ? [] : (['client'] as const)), ...(isPong ? [] : (['pong'] as const))];
}
