import type { SecureContext } from 'node:tls';
import {
  type CertificateFacts,
  type Failure,
  failureOf,
  type Identity,
  nowUs,
  type Sighting,
  type Warning,
  type WarningId,
  warningOf,
  type WarningValues,
} from 'tentacle-protocol';
import type { PageResult, Peer } from '../report/peer.js';
import { createTlsContext } from '../session/tls-context.js';
import type { Plan } from '../plan.js';
import type { Json, Status, TakenStep } from './diagnosis.js';

/** What a step found. */
export interface Finding {
  readonly status: Status;
  readonly title: string;
  readonly evidence?: Readonly<Record<string, Json>>;
  /** The failure it met, for which the verdict finds the words. */
  readonly sighting?: Sighting;
  /** It names the cause of what an earlier step met, so it comes before that in the verdict. */
  readonly isCause?: boolean;
}

/** What one handshake showed. */
export interface SeenTls {
  readonly address: string;
  readonly version: string;
  readonly cipher: string;
  readonly certificate: CertificateFacts | undefined;
  /** Whether it asked for our certificate, as every Halibut listener does; undefined where that cannot be told. */
  readonly certificateAsked: boolean | undefined;
}

/** A failure and what was seen of it, for the verdict. */
export interface Problem {
  readonly stepId: string;
  readonly sighting: Sighting;
  readonly failure: Failure;
  readonly isCause: boolean;
}

/** What a test of this run says about a failure of several causes without settling on one. */
export interface Narrowed {
  readonly says: string;
  /** Those that are left, and what tells them apart; absent: all of the row's. */
  readonly left?: { readonly causes: readonly string[]; readonly test: string };
}

/** One diagnosis under way: what is asked, what was found, and what later steps build on. */
export class Inquiry {
  readonly plan: Plan;
  readonly identity: Identity;
  readonly signal: AbortSignal;
  readonly secureContext: SecureContext;
  readonly steps: TakenStep[] = [];
  readonly warnings: Warning[] = [];
  readonly problems: Problem[] = [];
  /** A cause that a test has settled, by the failure it belongs to. */
  readonly settled = new Map<string, string>();
  /** What is known beyond the sighting, by the failure it belongs to, where several causes are left. */
  readonly narrowed = new Map<string, Narrowed>();
  /** All addresses of the name, in the system's order. */
  addresses: string[] = [];
  /** Those to go on with: that accept a TCP connection or, through a proxy, the name as the proxy is told it. */
  reachable: string[] = [];
  /** With a proxy: the addresses that accept a connection past it. */
  directly: string[] = [];
  /** Handshakes that were finished. */
  readonly handshakes: SeenTls[] = [];
  page: PageResult | undefined;
  /** Of the client certificate that came to a pong, by its page; null: none came; undefined: nobody said. */
  arrivedThumbprint: string | null | undefined;
  /** By which a peer can be reached that takes nothing of what Octopus requires: to look at its page, no more. */
  oldContext: SecureContext | undefined;
  peer: Peer | undefined;
  /** Connections that were made, and how far they went: each leaves its lines in the peer's log. */
  readonly made = { tcp: 0, tls: 0, page: 0, identity: 0, call: 0 };
  /** How long connections and usual handshakes took, for what only many of them show. */
  readonly times = { tcp: [] as number[], tls: [] as number[] };
  readonly #onStep: (step: TakenStep) => void;

  constructor(plan: Plan, identity: Identity, signal: AbortSignal, onStep: (step: TakenStep) => void) {
    this.plan = plan;
    this.identity = identity;
    this.signal = signal;
    this.secureContext = createTlsContext(plan, identity);
    this.#onStep = onStep;
  }

  /** Take one step, unless the run was stopped; what it finds is kept and shown at once. */
  async step(id: string, work: () => Promise<Finding> | Finding): Promise<void> {
    if (this.#stopped()) return;
    const startedUs = nowUs();
    const { status, title, evidence = {}, sighting, isCause = false } = await work();
    const failure = sighting === undefined ? undefined : failureOf(sighting);
    // What was cut short by a stop tells nothing of the peer.
    if (this.#stopped()) return;
    const durationUs = nowUs() - startedUs;
    const step = { id, status, title, durationUs, evidence, ...(failure === undefined ? {} : { failure }) };
    this.steps.push(step);
    if (status === 'problem' && sighting !== undefined && failure !== undefined) {
      this.problems.push({ stepId: id, sighting, failure, isCause });
    }
    this.#onStep(step);
  }

  #stopped(): boolean {
    return this.signal.aborted;
  }

  warn<Id extends WarningId>(id: Id, ...values: WarningValues<Id>): void {
    this.warnAs(warningOf(id, ...values));
  }

  warnAs(warning: Warning): void {
    if (!this.warnings.some(({ id }) => id === warning.id)) this.warnings.push(warning);
  }

  /** Whether the plan goes through a proxy: then what fails directly is told, and is no problem. */
  get goesThroughProxy(): boolean {
    return this.plan.way?.proxy !== undefined;
  }

  /** Why nothing behind TCP can be tried, where that is so. */
  get noWay(): string {
    return this.goesThroughProxy ? 'the proxy opens no tunnel' : 'no address accepts a connection';
  }

  /** The address to go on with: the first that accepts. */
  get address(): string | undefined {
    return this.reachable[0];
  }

  /** The first finished handshake. */
  get tls(): SeenTls | undefined {
    return this.handshakes[0];
  }
}

export function skipped(why: string): Finding {
  return { status: 'skipped', title: why };
}
