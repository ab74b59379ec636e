import type { SecureContext } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { type CertificateFacts, type Failure, failureOf, type Identity, nowUs, type Sighting } from 'tentacle-protocol';
import type { Peer } from '../peer.js';
import type { SeenPage } from '../page-look.js';
import type { Plan } from '../plan.js';
import type { Json, Status, Step, Warning } from './diagnosis.js';

/** What a step found. */
export interface Finding {
  readonly status: Status;
  readonly title: string;
  readonly evidence?: Readonly<Record<string, Json>>;
  /** The failure it met, for which the verdict finds the words. */
  readonly sighting?: Sighting;
}

/** What one handshake showed. */
export interface SeenTls {
  readonly address: string;
  readonly version: string;
  readonly cipher: string;
  readonly certificate: CertificateFacts | undefined;
}

/** A failure and what was seen of it, for the verdict. */
export interface Problem {
  readonly stepId: string;
  readonly sighting: Sighting;
  readonly failure: Failure;
}

/** One diagnosis under way: what is asked, what was found, and what later steps build on. */
export class Inquiry {
  readonly plan: Plan;
  readonly identity: Identity;
  readonly signal: AbortSignal;
  readonly secureContext: SecureContext;
  readonly steps: Step[] = [];
  readonly warnings: Warning[] = [];
  readonly problems: Problem[] = [];
  readonly unknown: string[] = [];
  /** A cause that a test has settled, by the failure it belongs to. */
  readonly settled = new Map<string, string>();
  /** All addresses of the name, in the system's order. */
  addresses: string[] = [];
  /** Those that accept a TCP connection. */
  reachable: string[] = [];
  /** Handshakes that were finished. */
  readonly handshakes: SeenTls[] = [];
  page: SeenPage | undefined;
  peer: Peer | undefined;
  /** Connections that were made, and how far they went: each leaves its lines in the peer's log. */
  readonly made = { tcp: 0, tls: 0, page: 0, identity: 0, call: 0 };
  readonly #onStep: (step: Step) => void;

  constructor(plan: Plan, identity: Identity, signal: AbortSignal, onStep: (step: Step) => void) {
    this.plan = plan;
    this.identity = identity;
    this.signal = signal;
    this.secureContext = createSecureContext(identity.secureContextOptions);
    this.#onStep = onStep;
  }

  /** Take one step, unless the run was stopped; what it finds is kept and shown at once. */
  async step(id: string, work: () => Promise<Finding> | Finding): Promise<void> {
    if (this.#stopped()) return;
    const startedUs = nowUs();
    const { status, title, evidence = {}, sighting } = await work();
    const failure = sighting === undefined ? undefined : failureOf(sighting);
    // What was cut short by a stop tells nothing of the peer.
    if (this.#stopped()) return;
    const durationUs = nowUs() - startedUs;
    const step = { id, status, title, durationUs, evidence, ...(failure === undefined ? {} : { failure }) };
    this.steps.push(step);
    if (status === 'problem' && sighting !== undefined && failure !== undefined) {
      this.problems.push({ stepId: id, sighting, failure });
    }
    this.#onStep(step);
  }

  #stopped(): boolean {
    return this.signal.aborted;
  }

  warn(id: string, text: string): void {
    if (!this.warnings.some((warning) => warning.id === id)) this.warnings.push({ id, text });
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
