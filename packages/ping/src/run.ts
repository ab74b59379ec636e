import type { SecureContext } from 'node:tls';
import type { Facts, Stage } from 'tentacle-protocol';
import type { Connection } from './connection.js';
import type { SeenPage } from './page-look.js';
import type { Peer } from './peer.js';
import type { Plan } from './plan.js';

/** What attempts of one run share: who we are, what is known of the peer, and the connection that is kept. */
export class Run {
  readonly plan: Plan;
  readonly secureContext: SecureContext;
  readonly factsAtStart: Facts;
  /** What the peer said it is; undefined until it was asked. */
  peer: Peer | undefined;
  /** The page it gave to a look, after it had closed on our identity. */
  page: SeenPage | undefined;
  /** How often a kept connection broke and a new one was made. */
  reconnects = 0;
  #lastFacts: Facts;
  #kept: Connection | undefined;
  #keptBroke = false;
  #watch: boolean;
  #tlsFailed = false;

  constructor(plan: Plan, secureContext: SecureContext, ownThumbprint: string) {
    this.plan = plan;
    this.secureContext = secureContext;
    this.factsAtStart = {
      host: plan.host,
      port: plan.port,
      timeoutUs: plan.timeoutUs,
      ownThumbprint,
      ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
    };
    this.#lastFacts = this.factsAtStart;
    // Watching costs time on every round trip, so not on a connection that all of them will use.
    this.#watch = !plan.reuse;
  }

  /** The kept connection, for one attempt: it is given back when that went well. */
  takeKept(): Connection | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) this.#keptBroke = true;
    return kept;
  }

  keep(connection: Connection): void {
    this.#kept = connection;
    this.#keptBroke = false;
  }

  /**
   * Whether the next handshake keeps its first raw bytes, which name what answers when it is not TLS. The first one
   * does, and all after one that failed; the others measure undisturbed.
   */
  watchNext(): boolean {
    if (this.#keptBroke) this.reconnects++;
    this.#keptBroke = false;
    const watch = this.#watch;
    this.#watch = this.#tlsFailed;
    return watch;
  }

  /** Keep the most that any attempt saw of the peer. */
  saw(facts: Facts): void {
    if (facts.peerCertificate !== undefined || this.#lastFacts.peerCertificate === undefined) this.#lastFacts = facts;
  }

  /** An attempt failed in that stage. */
  failed(stage: Stage): void {
    if (stage !== 'tls') return;
    this.#tlsFailed = true;
    this.#watch = true;
  }

  get lastFacts(): Facts {
    return this.#lastFacts;
  }
}
