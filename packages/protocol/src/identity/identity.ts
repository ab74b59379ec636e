import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { inspect, type InspectOptions } from 'node:util';
import { CertificateError, describeCertificate, type CertificateFacts } from './certificate.js';

/** A certificate and its unencrypted key as PEM text: a secret. */
export interface PemPair {
  /** The certificate itself first, then its chain if there is one. */
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
 * What this process presents to a peer: a certificate with its private key. TLS can use the key, and it is never shown:
 * printing or serializing this object or its {@link secureContextOptions} hides it. A spread copy of the options does not.
 */
export class Identity {
  /** The certificate as the peer receives it. */
  readonly der: Buffer;
  readonly certificate: CertificateFacts;
  readonly #material: PemPair | Pfx;

  /** @throws CertificateError if `der` is not a certificate. The caller checks that the key belongs to it. */
  constructor(der: Buffer, material: PemPair | Pfx) {
    this.der = der;
    this.certificate = describeCertificate(der);
    this.#material = guarded(material);
  }

  /** The thumbprint that the peer must trust: 40 upper-case hex digits. */
  get thumbprint(): string {
    return this.certificate.thumbprint;
  }

  get subject(): string {
    return this.certificate.subject;
  }

  /** Options for `tls.createSecureContext`. Reuse one context: a new one for each connection halves the handshake rate. */
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

/** Returns a frozen copy whose properties can be read, while printing and serializing it hides its secrets. */
function guarded(material: PemPair | Pfx): PemPair | Pfx {
  const show = { value: () => hidden(material) };
  return Object.freeze(Object.defineProperties({ ...material }, { toJSON: show, [inspect.custom]: show }));
}

/** Peers are known by their thumbprints: without this, a TLS context loads all authorities, 6 ms from Node 22 on. */
export const NO_AUTHORITIES = { ca: [] as string[] };

/** Options for a new identity. */
export interface NewIdentity {
  /** The subject's common name, such as `Octopus Tentacle`: letters, digits, space, `.`, `_`, `-`; 1 to 64 characters. */
  readonly commonName: string;
  /** An existing RSA key (PKCS#8 PEM). Without it an RSA-2048 key is generated, which takes 65 to 740 ms. */
  readonly key?: string;
}

/** X.520 allows 64 characters. No comma, `=`, `+`, quote or backslash: the library would parse more name parts from them. */
const COMMON_NAME = /^(?=.{1,64}$)[A-Za-z0-9._-]+(?: [A-Za-z0-9._-]+)*$/;

/** The validity of Octopus's own certificates: they are never renewed, and no peer checks their dates. */
const YEARS = 100;

/** Creates a self-signed certificate like those of Octopus: RSA-2048, SHA-256, valid from yesterday for 100 years. */
export async function createPemPair({ commonName, key }: NewIdentity): Promise<PemPair> {
  if (!COMMON_NAME.test(commonName)) {
    throw new CertificateError(
      'this common name is not valid in a certificate; use 1 to 64 letters, digits, dots, dashes, underscores, single spaces',
    );
  }
  // Valid from yesterday's midnight (UTC), as at Octopus, so that clocks which differ by a day still agree.
  const notBeforeDate = new Date();
  notBeforeDate.setUTCHours(0, 0, 0, 0);
  const notAfterDate = new Date(notBeforeDate);
  notBeforeDate.setUTCDate(notBeforeDate.getUTCDate() - 1);
  notAfterDate.setUTCFullYear(notAfterDate.getUTCFullYear() + YEARS);
  // Loaded on use: the import takes 120 ms, and most runs load a stored identity.
  // By its default export: bundled, a CommonJS module has no other.
  const {
    default: { generate },
  } = await import('selfsigned');
  const generated = await generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256', // Without this the library signs with SHA-1.
    keySize: 2048,
    notBeforeDate,
    notAfterDate,
    // Set only to replace the library's defaults, which would add the common name as a DNS name, even with spaces.
    extensions: [{ name: 'extKeyUsage', serverAuth: true, clientAuth: true }],
    ...(key === undefined ? {} : { keyPair: { privateKey: key, publicKey: publicPem(key) } }),
  });
  return { cert: generated.cert, key: generated.private };
}

function publicPem(key: string): string {
  return createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * Creates a new identity, see {@link createPemPair}.
 * @throws CertificateError for a common name that is not valid in a certificate.
 */
export async function createIdentity(about: NewIdentity): Promise<Identity> {
  const pair = await createPemPair(about);
  return new Identity(new X509Certificate(pair.cert).raw, pair);
}
