import { setMaxListeners } from 'node:events';
import type { SecureContext } from 'node:tls';
import { type Identity, abortAfter } from 'tentacle-protocol';
import type { RunOptions } from '../options/run-options.js';
import { buildReport } from '../report/build-report.js';
import { type RunSummary } from '../report/session-results.js';
import type { Report } from '../report/report.js';
import { Tally } from '../report/tally.js';
import type { AttemptTrace } from './attempt-trace.js';
import { type AttemptRequest, type AttemptResult, runAttempt } from './attempt.js';
import { SessionContext } from './session-context.js';
import { createTlsContext } from './tls-context.js';

/** What a session is created from. */
export interface SessionSettings {
  readonly options: RunOptions;
  readonly identity: Identity;
  /** The version of tentacle-ping, for the report. */
  readonly version: string;
  /** Ends the session early; it still reports. */
  readonly stop: AbortSignal;
  /** The TLS context of the identity. Creating one costs as much as a handshake, so that many sessions share it. */
  readonly secureContext?: SecureContext;
  /** Called with the session, and those that it is varied to, before any attempt. */
  readonly onSession?: (session: LiveSession) => void;
}

/** What can be watched of a session while it runs. */
export interface LiveSession {
  readonly options: RunOptions;
  readonly tally: Tally;
  readonly running: ReadonlySet<AttemptTrace>;
  /** When the next attempt is due, by the monotonic clock; undefined: now, or never. */
  readonly nextDueUs: number | undefined;
}

/** One run against one peer: how to connect, what is known about the peer, and what its attempts showed. */
export class Session extends SessionContext {
  readonly tally: Tally;
  nextDueUs: number | undefined;
  readonly #settings: SessionSettings;
  readonly #startedAt = new Date().toISOString();

  constructor(settings: SessionSettings, tally = new Tally()) {
    const { options, identity, stop, secureContext = createTlsContext(options, identity) } = settings;
    const signal = abortAfter(stop, options.deadlineUs);
    // Every attempt that is under way listens to it.
    setMaxListeners(0, signal);
    super(options, secureContext, identity.thumbprint, signal);
    this.#settings = settings;
    this.tally = tally;
    settings.onSession?.(this);
  }

  /** Runs one attempt and counts it. It never throws. */
  async attempt(request: AttemptRequest): Promise<AttemptResult> {
    const result = await runAttempt(this, request);
    this.tally.add(result.record, result.observation);
    if (result.observation !== undefined) this.recordReport(result.observation);
    return result;
  }

  /** A session with other options or another TLS context for the same peer, whose attempts count in this one's tally. */
  variant(changes: { readonly options: RunOptions; readonly secureContext?: SecureContext }): Session {
    const { deadlineUs: _, ...options } = changes.options;
    const { secureContext = this.secureContext } = changes;
    const session = new Session({ ...this.#settings, options, secureContext, stop: this.signal }, this.tally);
    session.peer = this.peer;
    return session;
  }

  /** The report of everything that was measured. */
  report(summary: Partial<RunSummary> = {}): Report {
    const endedAt = new Date().toISOString();
    const run = { startedAt: this.#startedAt, endedAt, reconnects: 0, notStarted: 0, ...summary };
    const { options: plan, tally, bestFacts, peer, page, attestation } = this;
    const ownCertificate = this.#settings.identity.certificate;
    const results = { plan, tally, bestFacts, ownCertificate, peer, page, attestation };
    return buildReport(this.#settings.version, results, run);
  }
}
