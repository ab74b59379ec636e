import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { inspect, type InspectOptions } from 'node:util';
import { CertificateError, describeCertificate, type CertificateFacts } from './certificate.js';

/** A certificate and its key as PEM text, the key not encrypted: a secret. */
export interface PemPair {
  /** The own certificate first, then its chain if there is one. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key as a PKCS#12 file: a secret. */
export interface Pfx {
  readonly pfx: Buffer;
  readonly passphrase?: string;
}

const HIDDEN = '***';

/**
 * Who we are to a peer: a certificate with its private key. The key can be handed to TLS and is never shown: neither
 * this object nor its {@link secureContextOptions} prints or serialises it. A spread copy of the options does.
 */
export class Identity {
  /** The own certificate, as the peer sees it. */
  readonly der: Buffer;
  readonly certificate: CertificateFacts;
  readonly #material: PemPair | Pfx;

  /** @throws CertificateError when `der` is no certificate. Whether the key fits it is the caller's to check. */
  constructor(der: Buffer, material: PemPair | Pfx) {
    this.der = der;
    this.certificate = describeCertificate(der);
    this.#material = guarded(material);
  }

  /** What the peer must trust: 40 upper-case hex digits. */
  get thumbprint(): string {
    return this.certificate.thumbprint;
  }

  get subject(): string {
    return this.certificate.subject;
  }

  /** For `tls.createSecureContext`. Make one context and keep it: one for each connection halves the handshake rate. */
  get secureContextOptions(): PemPair | Pfx {
    return this.#material;
  }

  toJSON(): Record<string, unknown> {
    return { ...this.certificate, ...hidden(this.#material) };
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `Identity ${inspect(this.toJSON(), options)}`;
  }
}

function hidden(material: PemPair | Pfx): Record<string, string> {
  return Object.fromEntries(Object.keys(material).flatMap((name) => (name === 'cert' ? [] : [[name, HIDDEN]])));
}

/** A frozen copy that shows its secrets to whoever reads its properties, and to no printer or serialiser. */
function guarded(material: PemPair | Pfx): PemPair | Pfx {
  const show = { value: () => hidden(material) };
  return Object.freeze(Object.defineProperties({ ...material }, { toJSON: show, [inspect.custom]: show }));
}

/** What an identity is made of. */
export interface NewIdentity {
  /** The subject's common name, such as `Octopus Tentacle`: letters, digits, space, `.`, `_`, `-`; 1 to 64 characters. */
  readonly commonName: string;
  /** An RSA key (PKCS#8 PEM) to certify anew. Without it one is made, RSA-2048: that takes 65 to 740 ms. */
  readonly key?: string;
}

/** 64 is X.520's bound. No comma, `=`, `+`, quote or backslash: the library would read more name parts from them. */
const COMMON_NAME = /^(?=.{1,64}$)[A-Za-z0-9._-]+(?: [A-Za-z0-9._-]+)*$/;

/** Octopus' own certificates last so long: nobody renews them, and nobody checks their dates. */
const YEARS = 100;

/** A new self-signed certificate like those that Octopus makes: RSA-2048, SHA-256, from yesterday for 100 years. */
export async function makePemPair({ commonName, key }: NewIdentity): Promise<PemPair> {
  if (!COMMON_NAME.test(commonName)) {
    throw new CertificateError(
      'a certificate cannot be made out to this common name; use 1 to 64 letters, digits, dots, dashes, single spaces',
    );
  }
  // Octopus begins at yesterday's midnight (UTC), so that clocks which are a day apart still agree.
  const notBeforeDate = new Date();
  notBeforeDate.setUTCHours(0, 0, 0, 0);
  const notAfterDate = new Date(notBeforeDate);
  notBeforeDate.setUTCDate(notBeforeDate.getUTCDate() - 1);
  notAfterDate.setUTCFullYear(notAfterDate.getUTCFullYear() + YEARS);
  // Loaded only where it is used: the import takes 120 ms, and most runs find their identity made.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256', // Without this the library signs with SHA-1.
    keySize: 2048,
    notBeforeDate,
    notAfterDate,
    // Named only to keep the library's defaults out: they would add the common name as a DNS name, spaces and all.
    extensions: [{ name: 'extKeyUsage', serverAuth: true, clientAuth: true }],
    ...(key === undefined ? {} : { keyPair: { privateKey: key, publicKey: publicPem(key) } }),
  });
  return { cert: made.cert, key: made.private };
}

function publicPem(key: string): string {
  return createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * A new identity, see {@link makePemPair}.
 * @throws CertificateError for a common name that cannot stand in a certificate.
 */
export async function makeIdentity(about: NewIdentity): Promise<Identity> {
  const pair = await makePemPair(about);
  return new Identity(new X509Certificate(pair.cert).raw, pair);
}
