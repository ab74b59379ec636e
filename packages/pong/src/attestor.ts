import {
  type Attestation,
  type AttestationKey,
  type InboundConnection,
  type Identity,
  nowUs,
  type SessionProof,
  writeStatement,
} from 'tentacle-protocol';

/**
 * How often everybody together may ask. A signature takes 4 ms, so 10 a second take 4 of a hundred parts of one core,
 * whatever strangers do; a ping asks once a run. 20 at once, of pings that a script starts together, hold all other
 * connections up by less than 0.1 s.
 */
const PER_SECOND = 10;
const AT_ONCE = 20;

/** What a connection gets when it asks pong to attest: an attestation, or why not. */
export type Attest = (nonce: Buffer) => Attestation | 'once-only' | 'too-many' | 'polls';

/** Signs what pong sees of connections: once for each, and for all of them together only so often. */
export class Attestor {
  /** 64 upper-case hex digits. */
  readonly publicKey: string;
  readonly #key: AttestationKey;
  readonly #identity: Identity;
  readonly #clockUs: () => number;
  #left = AT_ONCE;
  #filledUs: number;

  constructor(key: AttestationKey, identity: Identity, clockUs: () => number = nowUs) {
    this.publicKey = key.publicKey;
    this.#key = key;
    this.#identity = identity;
    this.#clockUs = clockUs;
    this.#filledUs = clockUs();
  }

  /** @param prove what the TLS session of this connection gives for a nonce. */
  forConnection({ connectionId, facts }: InboundConnection, prove: (nonce: Buffer) => SessionProof): Attest {
    let isDone = false;
    return (nonce) => {
      if (isDone) return 'once-only';
      if (!this.#mayNow()) return 'too-many';
      isDone = true;
      const { handshakeBound, keyingMaterial } = prove(nonce);
      const statement = writeStatement({
        nonce: nonce.toString('hex'),
        connectionId,
        time: new Date().toISOString(),
        pongThumbprint: this.#identity.thumbprint,
        clientThumbprint: facts.clientThumbprint ?? null,
        clientAddress: withoutZone(facts.address),
        clientPort: facts.port,
        pongAddress: withoutZone(facts.localAddress),
        pongPort: facts.localPort,
        tlsVersion: facts.tlsVersion ?? '',
        cipher: facts.cipher ?? '',
        handshakeBound,
        keyingMaterial: keyingMaterial.toString('hex'),
      });
      const publicKey = Buffer.from(this.publicKey, 'hex');
      return { statement, signature: this.#key.sign(statement), publicKey, certificate: this.#identity.der };
    };
  }

  /** A bucket of tokens that fills by the clock. */
  #mayNow(): boolean {
    const atUs = this.#clockUs();
    this.#left = Math.min(AT_ONCE, this.#left + ((atUs - this.#filledUs) / 1_000_000) * PER_SECOND);
    this.#filledUs = atUs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

/** The zone of a link-local IPv6 address names a card of this machine: it says nothing to others. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
