import type { SecureContext } from 'node:tls';
import type { ConnectionFacts, Stage } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type AttestationResult, NEIGHBOR_SEARCH_US, type Observation } from 'tentacle-protocol/diagnostics';
import type { PageResult, Peer } from '../report/peer.js';
import type { RunOptions } from '../options/run-options.js';
import type { AttemptTrace } from './attempt-trace.js';
import { fetchLandingPage } from './page-probe.js';

/** What the attempts of one session share: how to connect, and what is known about the peer. */
export class SessionContext {
  readonly options: RunOptions;
  readonly secureContext: SecureContext;
  /** Aborted when the session is to end and report. */
  readonly signal: AbortSignal;
  /** The attempts that are under way, for those who watch the run. */
  readonly running = new Set<AttemptTrace>();
  /** What the peer reported about itself; undefined until it was probed. */
  peer: Peer | undefined;
  /** What pong attested, with the local view of that connection; undefined: no attestation was requested. */
  attestation: { readonly attested: AttestationResult; readonly facts: ConnectionFacts } | undefined;
  /** The landing page, where it was fetched to find out why attempts fail. */
  page: PageResult | undefined;
  /** The client certificate that arrived at pong, by its page: null for none; undefined where no page names it. */
  arrivedThumbprint: string | null | undefined;
  /** Whether pong accepts calls with it, by its page. */
  isTrustedThere: boolean | undefined;
  #peerProbe: Promise<Peer> | undefined;
  #pageProbe: Promise<void> | undefined;
  #pageThumbprint: string | undefined;
  #bestFacts: ConnectionFacts;
  #capturesFirstBytes: boolean;
  #hasTlsFailed = false;
  readonly #plannedFacts: ConnectionFacts;
  #earlierReports: ConnectionFacts['earlierReports'];

  constructor(options: RunOptions, secureContext: SecureContext, ownThumbprint: string, signal: AbortSignal) {
    this.options = options;
    this.secureContext = secureContext;
    this.signal = signal;
    this.#plannedFacts = omitUndefined({
      host: options.host,
      port: options.port,
      timeoutUs: options.timeoutUs,
      ownThumbprint,
      tlsMin: options.tlsMin === 'TLSv1.2' ? undefined : options.tlsMin,
      expectedThumbprint: options.thumbprint,
    });
    this.#bestFacts = this.#plannedFacts;
    // Capturing costs time on every round trip, so it is off on a connection that carries all of them, or much data.
    this.#capturesFirstBytes = !options.reuse && options.mode.kind !== 'transfer';
  }

  /**
   * Probes the peer once in a session: other attempts wait for the result, and where the probe fails the next attempt
   * probes again.
   * @throws whatever the probe throws, for the attempt that probes.
   */
  async probePeerOnce(probe: () => Promise<Peer>): Promise<Peer> {
    while (this.peer === undefined && this.#peerProbe !== undefined) await this.#peerProbe.catch(() => undefined);
    if (this.peer !== undefined) return this.peer;
    this.#peerProbe = probe();
    try {
      this.peer = await this.#peerProbe;
    } finally {
      this.#peerProbe = undefined;
    }
    return this.peer;
  }

  /** Fetches the landing page once in a session; without a readable page, {@link page} stays undefined. */
  async probePageOnce(): Promise<void> {
    this.#pageProbe ??= fetchLandingPage(this.options, this.secureContext, this.signal).then((result) => {
      this.page = result?.page;
      this.arrivedThumbprint = result?.arrivedThumbprint;
      this.isTrustedThere = result?.isTrustedThere;
      this.#pageThumbprint = result?.thumbprint;
    });
    await this.#pageProbe;
  }

  /**
   * The landing page of the peer that presented this certificate on another connection. A load balancer may have led the
   * probe to another machine, whose page shows nothing about that one.
   */
  pageOf(thumbprint: string | undefined): PageResult | undefined {
    return thumbprint === this.#pageThumbprint ? this.page : undefined;
  }

  /**
   * Whether the next handshake captures its first raw bytes, which identify a peer that does not speak TLS. The first
   * handshake does, and all after a TLS failure; the others are measured undisturbed.
   */
  takeCaptureFirstBytes(): boolean {
    const captures = this.#capturesFirstBytes;
    this.#capturesFirstBytes = this.#hasTlsFailed;
    return captures;
  }

  /** The facts with which an attempt begins: the target, and what earlier attempts showed. */
  get initialFacts(): ConnectionFacts {
    return this.#earlierReports === undefined
      ? this.#plannedFacts
      : { ...this.#plannedFacts, earlierReports: this.#earlierReports };
  }

  /**
   * Takes into account that a device reported an address as unreachable at once. Routers limit such reports, so a later
   * attempt may wait for seconds for the same one. With several attempts at a time, one of them may only have come late
   * in a search for a missing machine that another one had started.
   */
  recordReport({ signature, facts: { address } }: Observation): void {
    const { code, elapsedUs } = signature;
    if (code !== 'EHOSTUNREACH' || elapsedUs >= NEIGHBOR_SEARCH_US.min || address === undefined) return;
    if (this.options.concurrency > 1) return;
    const { count = 0, fastestUs = elapsedUs } = this.#earlierReports?.address === address ? this.#earlierReports : {};
    this.#earlierReports = { address, count: count + 1, fastestUs: Math.min(fastestUs, elapsedUs) };
  }

  /** Keeps the most that any attempt observed of the peer. */
  observe(facts: ConnectionFacts): void {
    if (facts.peerCertificate !== undefined || this.#bestFacts.peerCertificate === undefined) this.#bestFacts = facts;
  }

  /** Takes into account that an attempt failed in this stage. */
  recordFailureAt(stage: Stage): void {
    if (stage !== 'tls') return;
    this.#hasTlsFailed = true;
    this.#capturesFirstBytes = true;
  }

  get bestFacts(): ConnectionFacts {
    return this.#bestFacts;
  }
}
