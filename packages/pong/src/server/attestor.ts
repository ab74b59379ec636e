import { type Identity, nowUs, type ChannelBinding } from 'tentacle-protocol';
import {
  type Attestation,
  type SigningKey,
  type InboundConnection,
  serializeStatement,
} from 'tentacle-protocol/diagnostics';
import { type Rate, TokenBuckets } from './token-buckets.js';

/**
 * How many attestations are signed for one address. tentacle-ping requests one per target and run, and one machine measures
 * up to 500 targets per second, which may all be at one address. A client that uses this up leaves most of the rate for all.
 */
const EACH_ADDRESS: Rate = { perSecond: 500, burst: 100 };

/**
 * For all addresses together. A signature takes 0.05 ms, so 2,000 per second use a tenth of one processor core. Each is for
 * a connection of its own, and handshakes of as many take several cores, so that strangers can hardly use this up.
 */
const ALL_ADDRESSES: Rate = { perSecond: 2000, burst: 400 };

/** Too many attestations were requested; ask again later. */
export interface AttestationBusy {
  readonly retryAfterMs: number;
}

/** Attests to a connection: returns an attestation, or the reason why there is none. */
export type AttestConnection = (nonce: Buffer) => Attestation | AttestationBusy | 'once-only' | 'polls';

/** Signs what pong observes of connections: once for each connection, at a limited rate for each address. */
export class Attestor {
  /** 64 upper-case hex digits. */
  readonly publicKey: string;
  readonly #key: SigningKey;
  readonly #identity: Identity;
  readonly #buckets: TokenBuckets;

  constructor(key: SigningKey, identity: Identity, clockUs: () => number = nowUs) {
    this.publicKey = key.publicKey;
    this.#key = key;
    this.#identity = identity;
    this.#buckets = new TokenBuckets(EACH_ADDRESS, ALL_ADDRESSES, clockUs);
  }

  /** Returns the function that attests to one connection. @param exportBinding exports keying material from the TLS session of this connection for a nonce. */
  forConnection(
    { connectionId, facts }: InboundConnection,
    exportBinding: (nonce: Buffer) => ChannelBinding,
  ): AttestConnection {
    let isDone = false;
    return (nonce) => {
      if (isDone) return 'once-only';
      const retryAfterMs = this.#buckets.take(facts.address);
      if (retryAfterMs > 0) return { retryAfterMs };
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
}

/** The zone of a link-local IPv6 address names a network interface of this machine, and means nothing to others. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
