import type { SecureContext } from 'node:tls';
import type { Attested, ConnectionFacts, Stage } from 'tentacle-protocol';
import type { PageResult } from './page-probe.js';
import type { Peer } from './peer-probe.js';
import type { Plan } from '../plan.js';

/** What attempts of one run share: who we are, and what is known of the peer. */
export class Session {
  readonly plan: Plan;
  readonly secureContext: SecureContext;
  readonly initialFacts: ConnectionFacts;
  /** What the peer said it is; undefined until it was asked. */
  peer: Peer | undefined;
  /** What pong attested, and what was seen of that connection here; undefined: nobody was asked. */
  attestation: { readonly attested: Attested; readonly facts: ConnectionFacts } | undefined;
  /** The page it gave to a look, after it had closed on our identity. */
  page: PageResult | undefined;
  #asking: Promise<Peer> | undefined;
  #lastFacts: ConnectionFacts;
  #watch: boolean;
  #tlsFailed = false;

  constructor(plan: Plan, secureContext: SecureContext, ownThumbprint: string) {
    this.plan = plan;
    this.secureContext = secureContext;
    this.initialFacts = {
      host: plan.host,
      port: plan.port,
      timeoutUs: plan.timeoutUs,
      ownThumbprint,
      ...(plan.tlsMin === 'TLSv1.2' ? {} : { tlsMin: plan.tlsMin }),
      ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
    };
    this.#lastFacts = this.initialFacts;
    // Watching costs time on every round trip, so not on a connection that all of them, or much data, will use.
    this.#watch = !plan.reuse && plan.mode.kind !== 'transfer';
  }

  /**
   * What the peer is. Asked once a run: attempts beside the one that asks wait for its answer, and where it gets none
   * the next one asks.
   * @throws whatever asking throws, for the attempt that asks.
   */
  async peerProbedBy(ask: () => Promise<Peer>): Promise<Peer> {
    while (this.peer === undefined && this.#asking !== undefined) await this.#asking.catch(() => undefined);
    if (this.peer !== undefined) return this.peer;
    this.#asking = ask();
    try {
      this.peer = await this.#asking;
    } finally {
      this.#asking = undefined;
    }
    return this.peer;
  }

  /**
   * Whether the next handshake keeps its first raw bytes, which name what answers when it is not TLS. The first one
   * does, and all after one that failed; the others measure undisturbed.
   */
  takeCaptureFirstBytes(): boolean {
    const watch = this.#watch;
    this.#watch = this.#tlsFailed;
    return watch;
  }

  /** Keep the most that any attempt saw of the peer. */
  observe(facts: ConnectionFacts): void {
    if (facts.peerCertificate !== undefined || this.#lastFacts.peerCertificate === undefined) this.#lastFacts = facts;
  }

  /** An attempt failed in that stage. */
  recordFailureAt(stage: Stage): void {
    if (stage !== 'tls') return;
    this.#tlsFailed = true;
    this.#watch = true;
  }

  get bestFacts(): ConnectionFacts {
    return this.#lastFacts;
  }
}
