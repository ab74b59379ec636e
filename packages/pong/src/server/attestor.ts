import { type Identity, nowUs, type ChannelBinding } from 'tentacle-protocol';
import {
  type Attestation,
  type SigningKey,
  type InboundConnection,
  serializeStatement,
} from 'tentacle-protocol/diagnostics';

/**
 * How many attestations are signed, for all clients together. A signature takes 4 ms, so 10 per second use 4% of one
 * core, whatever clients do; tentacle-ping requests one per run. 20 at once, for runs that a script starts together, delay
 * all other connections by less than 0.1 s.
 */
const PER_SECOND = 10;
const BURST = 20;

/** Attests to a connection: returns an attestation, or the reason why there is none. */
export type AttestConnection = (nonce: Buffer) => Attestation | 'once-only' | 'too-many' | 'polls';

/** Signs what pong observes of connections: once for each connection, at a limited rate for all of them. */
export class Attestor {
  /** 64 upper-case hex digits. */
  readonly publicKey: string;
  readonly #key: SigningKey;
  readonly #identity: Identity;
  readonly #clockUs: () => number;
  #tokens = BURST;
  #refilledUs: number;

  constructor(key: SigningKey, identity: Identity, clockUs: () => number = nowUs) {
    this.publicKey = key.publicKey;
    this.#key = key;
    this.#identity = identity;
    this.#clockUs = clockUs;
    this.#refilledUs = clockUs();
  }

  /** Returns the function that attests to one connection. @param exportBinding exports keying material from the TLS session of this connection for a nonce. */
  forConnection(
    { connectionId, facts }: InboundConnection,
    exportBinding: (nonce: Buffer) => ChannelBinding,
  ): AttestConnection {
    let isDone = false;
    return (nonce) => {
      if (isDone) return 'once-only';
      if (!this.#takeToken()) return 'too-many';
      isDone = true;
      const { handshakeBound, keyingMaterial } = exportBinding(nonce);
      const statement = serializeStatement({
        v: 1,
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

  /** Takes a token from a bucket that the clock refills; false when it is empty. */
  #takeToken(): boolean {
    const atUs = this.#clockUs();
    this.#tokens = Math.min(BURST, this.#tokens + ((atUs - this.#refilledUs) / 1_000_000) * PER_SECOND);
    this.#refilledUs = atUs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** The zone of a link-local IPv6 address names a network interface of this machine, and means nothing to others. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
