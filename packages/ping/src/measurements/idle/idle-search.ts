import { setTimeout as sleep } from 'node:timers/promises';
import { call, Deadline, nowUs, type Sighting, stopKeepAlive, ConnectionTrace } from 'tentacle-protocol';
import { runAttempt, closeGracefully } from '../../session/attempt.js';
import { withCancellation, type Connection } from '../../session/connection.js';
import { Worker } from '../../session/worker.js';
import type { Tally } from '../../report/tally.js';
import { measureRoundTrip } from '../../session/exchange.js';
import type { Session } from '../../session/session.js';
import { runSearch } from './search.js';
import type { IdleMode } from '../../idle/idle-options.js';
import type { IdleProbe } from '../../report/idle-report.js';
import { probeIdleConnection } from './probe.js';
import type { ProbeOutcome } from './probe-points.js';

/** A connection that is idle now. */
export interface WaitingConnection {
  readonly spanUs: number;
  /** In microseconds of the monotonic clock. */
  readonly untilUs: number;
}

/** What to show while it goes on: what has just ended, and what still waits. */
export type OnProgress = (waiting: readonly WaitingConnection[], ended?: IdleProbe) => void;

/** What one of the two sides found. */
export interface SideResult {
  readonly outcomes: readonly ProbeOutcome[];
  readonly probes: readonly ProbedConnection[];
}

export interface ProbedConnection {
  readonly probe: IdleProbe;
  readonly outcome?: ProbeOutcome;
  readonly sighting?: Sighting;
}

/** Handshakes at a time: a peer's host has other things to do, and a device may take many at once for an attack. */
const CONNECTING_MOST = 4;

/** Connections to one peer that are left idle, with and without keep-alive, each in a ladder of its own. */
export class IdleSearch {
  /** In the order in which they ended. */
  readonly probes: IdleProbe[] = [];
  readonly #run: Session;
  readonly #tally: Tally;
  readonly #onProgress: OnProgress;
  readonly #stop: AbortSignal;
  readonly #waiting = new Set<WaitingConnection>();
  readonly #turns: Promise<unknown>[] = Array.from({ length: CONNECTING_MOST }, () => Promise.resolve());
  #number: number;

  /** @param run its plan keeps connections. */
  constructor(run: Session, tally: Tally, onProgress: OnProgress, stop: AbortSignal) {
    this.#run = run;
    this.#tally = tally;
    this.#onProgress = onProgress;
    this.#stop = stop;
    this.#number = tally.sent;
  }

  /** @param keepAliveUs absent: without keep-alive. */
  async searchSide({ fromUs, toUs, floorUs }: IdleMode, keepAliveUs?: number): Promise<SideResult> {
    const probes: ProbedConnection[] = [];
    const seen = await runSearch({
      bounds: { fromUs, toUs },
      floorUs,
      probe: async (spanUs, cut) => {
        const found = await this.#probe(spanUs, keepAliveUs, cut);
        if (found === undefined) return undefined;
        probes.push(found);
        this.probes.push(found.probe);
        this.#onProgress([...this.#waiting], found.probe);
        return found.outcome;
      },
      sleep: async (spanUs) =>
        sleep(Math.ceil(spanUs / 1000), undefined, { signal: this.#stop }).catch(() => undefined),
      stop: this.#stop,
    });
    return { outcomes: seen, probes };
  }

  get waiting(): readonly WaitingConnection[] {
    return [...this.#waiting];
  }

  /** One connection, from its first call to its end; undefined where it was not made. */
  async #probe(
    spanUs: number,
    keepAliveUs: number | undefined,
    cut: AbortSignal,
  ): Promise<ProbedConnection | undefined> {
    const number = ++this.#number;
    const lane = new Worker();
    const { record, sighting } = await this.#inTurn(number, () =>
      runAttempt(this.#run, lane, { number, isLate: false }, measureRoundTrip, cut),
    );
    this.#tally.add(record, sighting);
    const connection = lane.takeConnection();
    if (connection === undefined) return undefined;
    const kept = keepAliveUs === undefined ? await this.#quieten(connection, cut) : { keepAliveUs };
    const waiting: WaitingConnection = { spanUs, untilUs: nowUs() + spanUs };
    this.#waiting.add(waiting);
    const { timeoutUs } = this.#run.plan;
    const use = (deadline: Parameters<typeof measureRoundTrip>[3]): Promise<void> =>
      measureRoundTrip(this.#run, connection, new ConnectionTrace(connection.facts), deadline, {
        turnUs: 0,
        askedUs: 0,
        transfers: [],
      });
    try {
      const order = { number, spanUs, timeoutUs, ...kept };
      return await probeIdleConnection(connection, order, this.#run.peer, use, cut);
    } finally {
      this.#waiting.delete(waiting);
      await closeGracefully(connection);
    }
  }

  /**
   * Have the other end, too, send no keep-alives on this connection. A pong does so when it is asked; a Tentacle cannot
   * be. Where this call finds the connection gone, what is done with it next says so.
   */
  async #quieten(connection: Connection, cut: AbortSignal): Promise<{ readonly peerQuiet?: true }> {
    const { exchange, endpoint, channel } = connection;
    if (this.#run.peer?.kind !== 'pong') return {};
    const deadline = Deadline.inUs(this.#run.plan.timeoutUs);
    try {
      await withCancellation(channel, cut, async () => {
        await exchange.takeTurn(deadline);
        await call(exchange, stopKeepAlive, null, endpoint, deadline);
      });
      connection.calls++;
      return { peerQuiet: true };
    } catch {
      return {};
    }
  }

  async #inTurn<T>(number: number, work: () => Promise<T>): Promise<T> {
    const turn = number % CONNECTING_MOST;
    const mine = (this.#turns[turn] ?? Promise.resolve()).then(work);
    this.#turns[turn] = mine;
    return mine;
  }
}
