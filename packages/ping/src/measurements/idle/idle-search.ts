import { setTimeout as sleep } from 'node:timers/promises';
import { call, Deadline, nowUs } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { stopKeepAlive } from 'tentacle-protocol/diagnostics';
import type { IdleMode } from '../../options/idle-options.js';
import type { IdleProbe } from '../../report/idle-report.js';
import { type AttemptResult, closeGracefully } from '../../session/attempt.js';
import { AttemptTrace } from '../../session/attempt-trace.js';
import { type Connection, withCancellation } from '../../session/connection.js';
import { measureRoundTrip } from '../../session/exchange.js';
import type { Session } from '../../session/session.js';
import { Worker } from '../../session/worker.js';
import { type ProbedConnection, probeIdleConnection } from './probe-idle-connection.js';
import type { ProbeOutcome } from './probe-points.js';
import { runSearch } from './run-search.js';

/** A connection that is idle now. */
export interface WaitingConnection {
  readonly spanUs: number;
  /** In microseconds of the monotonic clock. */
  readonly untilUs: number;
}

/** Called while the search goes on, with the connections that still wait and the one that has just ended. */
export type OnProgress = (waiting: readonly WaitingConnection[], ended?: IdleProbe) => void;

/** The result of one side: with keep-alive, or without. */
export interface SideResult {
  readonly outcomes: readonly ProbeOutcome[];
  readonly probes: readonly ProbedConnection[];
}

/** Handshakes at a time: the peer's host has other work, and a device may take many at once for an attack. */
const CONNECTING_MAX = 4;

/** Connections to one peer that are left idle, with and without keep-alive, each side in a search of its own. */
export class IdleSearch {
  /** In the order in which they ended. */
  readonly probes: IdleProbe[] = [];
  readonly #session: Session;
  readonly #onProgress: OnProgress;
  readonly #waiting = new Set<WaitingConnection>();
  readonly #queues: Promise<unknown>[] = Array.from({ length: CONNECTING_MAX }, () => Promise.resolve());
  #number: number;

  /** @param session its options reuses connections. */
  constructor(session: Session, onProgress: OnProgress) {
    this.#session = session;
    this.#onProgress = onProgress;
    this.#number = session.tally.sent;
  }

  /** @param keepAliveUs absent: without keep-alive. */
  async searchSide({ fromUs, toUs, floorUs }: IdleMode, keepAliveUs?: number): Promise<SideResult> {
    const { signal } = this.#session;
    const probes: ProbedConnection[] = [];
    const outcomes = await runSearch({
      bounds: { fromUs, toUs },
      floorUs,
      probe: async (spanUs, cut) => {
        const probed = await this.#probe(spanUs, keepAliveUs, cut);
        if (probed === undefined) return undefined;
        probes.push(probed);
        this.probes.push(probed.probe);
        this.#onProgress([...this.#waiting], probed.probe);
        return probed.outcome;
      },
      sleep: async (spanUs) => sleep(Math.ceil(spanUs / 1000), undefined, { signal }).catch(() => undefined),
      stop: signal,
    });
    return { outcomes, probes };
  }

  get waiting(): readonly WaitingConnection[] {
    return [...this.#waiting];
  }

  /** One connection, from its first call to its end; undefined where it was not established. */
  async #probe(
    spanUs: number,
    keepAliveUs: number | undefined,
    signal: AbortSignal,
  ): Promise<ProbedConnection | undefined> {
    const number = ++this.#number;
    const worker = new Worker();
    await this.#queued(number, () => this.#session.attempt({ worker, scheduled: { number, isLate: false }, signal }));
    const connection = worker.takeConnection();
    if (connection === undefined) return undefined;
    const keepAlive = keepAliveUs === undefined ? await this.#stopPeerKeepAlive(connection, signal) : { keepAliveUs };
    const waiting: WaitingConnection = { spanUs, untilUs: nowUs() + spanUs };
    this.#waiting.add(waiting);
    const { timeoutUs } = this.#session.options;
    try {
      return await probeIdleConnection(connection, {
        number,
        spanUs,
        timeoutUs,
        ...keepAlive,
        ...omitUndefined({ peer: this.#session.peer }),
        use: (deadline) => measureRoundTrip(this.#session, connection, new AttemptTrace(connection.facts), deadline),
        signal,
      });
    } finally {
      this.#waiting.delete(waiting);
      await closeGracefully(connection);
    }
  }

  /**
   * Has the other end, too, send no keep-alives on this connection. A pong does so on request; a Tentacle cannot. Where
   * this call finds the connection gone, the next use of it reports that.
   */
  async #stopPeerKeepAlive(connection: Connection, signal: AbortSignal): Promise<{ readonly peerKeepAliveOff?: true }> {
    const { exchange, endpoint, channel } = connection;
    if (this.#session.peer?.kind !== 'pong') return {};
    const deadline = Deadline.inUs(this.#session.options.timeoutUs);
    try {
      await withCancellation(channel, signal, async () => {
        await exchange.takeTurn(deadline);
        await call(exchange, stopKeepAlive, null, endpoint, deadline);
      });
      connection.calls++;
      return { peerKeepAliveOff: true };
    } catch {
      return {};
    }
  }

  /** Limits how many attempts are under way at a time. */
  async #queued(number: number, attempt: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const queue = number % CONNECTING_MAX;
    const result = (this.#queues[queue] ?? Promise.resolve()).then(attempt);
    this.#queues[queue] = result;
    return result;
  }
}
