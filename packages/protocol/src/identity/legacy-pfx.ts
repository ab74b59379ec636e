import { createDecipheriv, createHmac, createPrivateKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type forge from 'node-forge';

/** The contents of a PFX: its certificates as DER, and its first private key. */
export interface PfxContents {
  readonly certificates: readonly Buffer[];
  readonly key: KeyObject | undefined;
}

/** Why this reader cannot open a PFX. */
export class LegacyPfxError extends Error {
  override readonly name = 'LegacyPfxError';
  readonly reason: 'passphrase' | 'unsupported' | 'damaged';

  constructor(reason: LegacyPfxError['reason'], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

type Asn1 = forge.asn1.Asn1;

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
} as const;

/** PKCS#12's own encryption (RFC 7292, appendix C), by object identifier. Others, such as PBES2, are node-forge's. */
const CIPHERS: Readonly<Record<string, { readonly keyBytes: number; readonly rc2Bits?: number }>> = {
  '1.2.840.113549.1.12.1.3': { keyBytes: 24 }, // 3DES
  '1.2.840.113549.1.12.1.5': { keyBytes: 16, rc2Bits: 128 },
  '1.2.840.113549.1.12.1.6': { keyBytes: 5, rc2Bits: 40 },
};

/** The purposes of a key that is derived from a passphrase (RFC 7292, B.3). */
const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** RC2 and 3DES have blocks of 8 bytes. */
const BLOCK_BYTES = 8;

/** Windows and OpenSSL use 2,000 to a million; a larger number is a damaged file, or would block for minutes. */
const ITERATIONS_MAX = 2_000_000;

/** The hash functions of a PFX's integrity check. */
const DIGESTS: Readonly<Record<string, 'sha1' | 'sha256' | 'sha384' | 'sha512'>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * Opens a PFX whose encryption OpenSSL 3 rejects: RC2, which Windows uses by default. node-forge has that
 * cipher; it is loaded only here.
 * @throws LegacyPfxError
 */
export async function readLegacyPfx(pfx: Buffer, passphrase: string): Promise<PfxContents> {
  const { default: library } = await import('node-forge');
  try {
    return new LegacyPfxReader(library, passphrase).read(pfx);
  } catch (error) {
    throw error instanceof LegacyPfxError ? error : new LegacyPfxError('damaged', error);
  }
}

class LegacyPfxReader {
  readonly #forge: typeof forge;
  readonly #passphrase: string;
  readonly #certificates: Buffer[] = [];
  #key: KeyObject | undefined;

  constructor(library: typeof forge, passphrase: string) {
    this.#forge = library;
    this.#passphrase = passphrase;
  }

  read(pfx: Buffer): PfxContents {
    const [, authSafe, macData] = children(this.#parse(pfx));
    const [, content] = children(authSafe);
    const safes = octets(children(content)[0]);
    if (macData !== undefined) this.#checkMac(safes, macData);
    for (const info of children(this.#parse(safes))) {
      const [type, wrapped] = children(info);
      const [value] = children(wrapped);
      const kind = this.#oid(type);
      if (kind === OID.data) this.#readBags(octets(value), macData !== undefined);
      else if (kind === OID.encryptedData) {
        const [, encrypted] = children(value);
        const [, algorithm, bytes] = children(encrypted);
        this.#readBags(this.#decrypt(algorithm, octets(bytes)), macData !== undefined);
      } else throw new LegacyPfxError('unsupported');
    }
    return { certificates: this.#certificates, key: this.#key };
  }

  /** Without an integrity check, only its contents show that a passphrase is wrong. */
  #readBags(bytes: Buffer, isChecked: boolean): void {
    let bags: readonly Asn1[];
    try {
      bags = children(this.#parse(bytes));
    } catch (error) {
      throw new LegacyPfxError(isChecked ? 'damaged' : 'passphrase', error);
    }
    for (const bag of bags) {
      const [type, wrapped] = children(bag);
      const [value] = children(wrapped);
      const kind = this.#oid(type);
      if (kind === OID.certBag) this.#readCertificate(value);
      else if (kind === OID.keyBag) this.#key ??= this.#readKey(this.#der(value));
      else if (kind === OID.shroudedKeyBag) {
        const [algorithm, encrypted] = children(value);
        this.#key ??= this.#readKey(this.#decrypt(algorithm, octets(encrypted)));
      }
    }
  }

  #readCertificate(bag: Asn1 | undefined): void {
    const [type, wrapped] = children(bag);
    // The bytes as they are: encoded again, they might have another thumbprint.
    if (this.#oid(type) === OID.x509Certificate) this.#certificates.push(octets(children(wrapped)[0]));
  }

  #readKey(der: Buffer): KeyObject {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  }

  #decrypt(algorithm: Asn1 | undefined, bytes: Buffer): Buffer {
    const [type, parameters] = children(algorithm);
    const oid = this.#oid(type);
    const cipher = Object.hasOwn(CIPHERS, oid) ? CIPHERS[oid] : undefined;
    try {
      if (cipher === undefined) return this.#decryptOther(oid, parameters, bytes);
      const [salt, iterations] = children(parameters);
      const derive = (purpose: number, length: number): Buffer =>
        this.#derive({ purpose, length, salt: octets(salt), iterations: this.#integer(iterations), digest: 'sha1' });
      const key = derive(PURPOSE.key, cipher.keyBytes);
      const iv = derive(PURPOSE.iv, BLOCK_BYTES);
      if (cipher.rc2Bits !== undefined) return this.#decryptRc2(key, cipher.rc2Bits, iv, bytes);
      const decipher = createDecipheriv('des-ede3-cbc', key, iv);
      return Buffer.concat([decipher.update(bytes), decipher.final()]);
    } catch (error) {
      throw error instanceof LegacyPfxError ? error : new LegacyPfxError('passphrase', error);
    }
  }

  #decryptRc2(key: Buffer, bits: number, iv: Buffer, bytes: Buffer): Buffer {
    const { rc2, util } = this.#forge as typeof forge & { readonly rc2: Rc2 };
    const decipher = rc2.createDecryptionCipher(key.toString('latin1'), bits);
    decipher.start(iv.toString('latin1'));
    decipher.update(util.createBuffer(bytes.toString('latin1')));
    if (!decipher.finish()) throw new LegacyPfxError('passphrase');
    return Buffer.from(decipher.output.getBytes(), 'latin1');
  }

  #decryptOther(oid: string, parameters: Asn1 | undefined, bytes: Buffer): Buffer {
    const { pki, util } = this.#forge;
    let cipher: Cipher;
    try {
      cipher = (pki as unknown as Pbe).pbe.getCipher(oid, parameters, this.#passphrase);
    } catch (error) {
      throw new LegacyPfxError('unsupported', error);
    }
    cipher.update(util.createBuffer(bytes.toString('latin1')));
    if (!cipher.finish()) throw new LegacyPfxError('passphrase');
    return Buffer.from(cipher.output.getBytes(), 'latin1');
  }

  #checkMac(safes: Buffer, macData: Asn1): void {
    const [digestInfo, salt, iterations] = children(macData);
    const [algorithm, value] = children(digestInfo);
    const digest = DIGESTS[this.#oid(children(algorithm)[0])];
    if (digest === undefined) throw new LegacyPfxError('unsupported');
    const expected = octets(value);
    const settings = { purpose: PURPOSE.mac, salt: octets(salt), digest, length: expected.length } as const;
    const key = this.#derive({ ...settings, iterations: iterations === undefined ? 1 : this.#integer(iterations) });
    const actual = createHmac(digest, key).update(safes).digest();
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw new LegacyPfxError('passphrase');
  }

  #derive(request: {
    readonly purpose: number;
    readonly salt: Buffer;
    readonly iterations: number;
    readonly length: number;
    readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  }): Buffer {
    const { purpose, salt, iterations, length, digest } = request;
    if (!(iterations >= 1 && iterations <= ITERATIONS_MAX)) throw new LegacyPfxError('damaged');
    const { pkcs12, md, util } = this.#forge;
    const generateKey = (pkcs12 as unknown as KeyDerivation).generateKey;
    const saltBuffer = util.createBuffer(salt.toString('latin1'));
    const derived = generateKey(this.#passphrase, saltBuffer, purpose, iterations, length, md[digest].create());
    return Buffer.from(derived.getBytes(), 'latin1');
  }

  #parse(bytes: Buffer): Asn1 {
    return this.#forge.asn1.fromDer(bytes.toString('latin1'));
  }

  #der(value: Asn1 | undefined): Buffer {
    if (value === undefined) throw new LegacyPfxError('damaged');
    return Buffer.from(this.#forge.asn1.toDer(value).getBytes(), 'latin1');
  }

  #oid(value: Asn1 | undefined): string {
    if (typeof value?.value !== 'string') throw new LegacyPfxError('damaged');
    return this.#forge.asn1.derToOid(value.value);
  }

  #integer(value: Asn1 | undefined): number {
    return Number(`0x${octets(value).toString('hex')}`);
  }
}

/** The parts of node-forge that its types do not have. */
interface Cipher {
  update(input: forge.util.ByteStringBuffer): void;
  finish(): boolean;
  readonly output: forge.util.ByteStringBuffer;
}
interface Rc2 {
  createDecryptionCipher(key: string, bits: number): Cipher & { start(iv: string): void };
}
interface Pbe {
  readonly pbe: { getCipher(oid: string, parameters: Asn1 | undefined, passphrase: string): Cipher };
}
interface KeyDerivation {
  generateKey: (
    passphrase: string,
    salt: forge.util.ByteStringBuffer,
    purpose: number,
    iterations: number,
    length: number,
    digest: forge.md.MessageDigest,
  ) => forge.util.ByteStringBuffer;
}

function children(value: Asn1 | undefined): readonly Asn1[] {
  if (value === undefined || typeof value.value === 'string') throw new LegacyPfxError('damaged');
  return value.value;
}

/** The bytes of a string of octets, whole or in pieces, as programs that write while they encode leave them. */
function octets(value: Asn1 | undefined): Buffer {
  if (value === undefined) throw new LegacyPfxError('damaged');
  return typeof value.value === 'string'
    ? Buffer.from(value.value, 'latin1')
    : Buffer.concat(value.value.map((piece) => octets(piece)));
}
