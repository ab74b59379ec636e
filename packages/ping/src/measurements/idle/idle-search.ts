import { setTimeout as sleep } from 'node:timers/promises';
import { call, Deadline, nowUs, type Sighting, stopKeepAlive, Trail } from 'tentacle-protocol';
import { attempt, leave } from '../../session/attempt.js';
import { cancellable, type Connection } from '../../session/connection.js';
import { Lane } from '../../session/worker.js';
import type { Tally } from '../../report/tally.js';
import { roundTrip } from '../../session/exchange.js';
import type { Run } from '../../session/session.js';
import { climb } from './search.js';
import type { IdleMode } from '../../idle/idle-options.js';
import type { IdleProbe } from '../../report/idle-report.js';
import { leaveIdle } from './probe.js';
import type { Seen } from './probe-points.js';

/** A connection that is idle now. */
export interface Waiting {
  readonly spanUs: number;
  /** In microseconds of the monotonic clock. */
  readonly untilUs: number;
}

/** What to show while it goes on: what has just ended, and what still waits. */
export type OnProgress = (waiting: readonly Waiting[], ended?: IdleProbe) => void;

/** What one of the two sides found. */
export interface Climbed {
  readonly seen: readonly Seen[];
  readonly probes: readonly Found[];
}

export interface Found {
  readonly probe: IdleProbe;
  readonly seen?: Seen;
  readonly sighting?: Sighting;
}

/** Handshakes at a time: a peer's host has other things to do, and a device may take many at once for an attack. */
const CONNECTING_MOST = 4;

/** Connections to one peer that are left idle, with and without keep-alive, each in a ladder of its own. */
export class Ladder {
  /** In the order in which they ended. */
  readonly probes: IdleProbe[] = [];
  readonly #run: Run;
  readonly #tally: Tally;
  readonly #onProgress: OnProgress;
  readonly #stop: AbortSignal;
  readonly #waiting = new Set<Waiting>();
  readonly #turns: Promise<unknown>[] = Array.from({ length: CONNECTING_MOST }, () => Promise.resolve());
  #number: number;

  /** @param run its plan keeps connections. */
  constructor(run: Run, tally: Tally, onProgress: OnProgress, stop: AbortSignal) {
    this.#run = run;
    this.#tally = tally;
    this.#onProgress = onProgress;
    this.#stop = stop;
    this.#number = tally.sent;
  }

  /** @param keepAliveUs absent: without keep-alive. */
  async climb({ fromUs, toUs, floorUs }: IdleMode, keepAliveUs?: number): Promise<Climbed> {
    const probes: Found[] = [];
    const seen = await climb({
      bounds: { fromUs, toUs },
      floorUs,
      probe: async (spanUs, cut) => {
        const found = await this.#probe(spanUs, keepAliveUs, cut);
        if (found === undefined) return undefined;
        probes.push(found);
        this.probes.push(found.probe);
        this.#onProgress([...this.#waiting], found.probe);
        return found.seen;
      },
      sleep: async (spanUs) =>
        sleep(Math.ceil(spanUs / 1000), undefined, { signal: this.#stop }).catch(() => undefined),
      stop: this.#stop,
    });
    return { seen, probes };
  }

  get waiting(): readonly Waiting[] {
    return [...this.#waiting];
  }

  /** One connection, from its first call to its end; undefined where it was not made. */
  async #probe(spanUs: number, keepAliveUs: number | undefined, cut: AbortSignal): Promise<Found | undefined> {
    const number = ++this.#number;
    const lane = new Lane();
    const { record, sighting } = await this.#inTurn(number, () =>
      attempt(this.#run, lane, { number, isLate: false }, roundTrip, cut),
    );
    this.#tally.add(record, sighting);
    const connection = lane.takeKept();
    if (connection === undefined) return undefined;
    const kept = keepAliveUs === undefined ? await this.#quieten(connection, cut) : { keepAliveUs };
    const waiting: Waiting = { spanUs, untilUs: nowUs() + spanUs };
    this.#waiting.add(waiting);
    const { timeoutUs } = this.#run.plan;
    const use = (deadline: Parameters<typeof roundTrip>[3]): Promise<void> =>
      roundTrip(this.#run, connection, new Trail(connection.facts), deadline, { turnUs: 0, askedUs: 0, transfers: [] });
    try {
      const order = { number, spanUs, timeoutUs, ...kept };
      return await leaveIdle(connection, order, this.#run.peer, use, cut);
    } finally {
      this.#waiting.delete(waiting);
      await leave(connection);
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
      await cancellable(channel, cut, async () => {
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
