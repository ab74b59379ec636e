import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { cancelled } from '../transport/transport-error.js';
import { Course, type Part, Refusal } from './course.js';

/** How many connections came, are open, and were so at most. */
export class ConnectionCounts {
  total = 0;
  open = 0;
  peak = 0;

  opened(): void {
    this.total++;
    this.open++;
    this.peak = Math.max(this.peak, this.open);
  }

  /** One that came and was not let in. */
  turnedAway(): void {
    this.total++;
  }

  closed(): void {
    this.open--;
  }
}

/** What is behind a gate: what is done with a connection, and who is told of its end. */
export interface Premises {
  readonly part: Part;
  readonly connectionsMax: number;
  readonly counts: ConnectionCounts;
  /** The end of the run: every connection is cut. */
  readonly stop: AbortSignal;
  /** @throws whatever ended it otherwise than in order. */
  readonly serve: (socket: Socket, course: Course) => Promise<void>;
  /** Called once for every connection that came. `error` is absent when it ended in order. */
  readonly ended: (socket: Socket, course: Course, error: unknown) => void;
}

/** Where connections come in and are accounted for: bounded in number, each with its end, none forgotten. */
export class Gate {
  readonly #premises: Premises;
  readonly #open = new Set<Promise<void>>();
  readonly #courses = new Map<Course, Socket>();
  #atOnce = 0;
  #atOnceMost = 0;

  constructor(premises: Premises) {
    this.#premises = premises;
    // Every connection listens to it.
    setMaxListeners(0, premises.stop);
  }

  admit(socket: Socket): void {
    const { part, counts, connectionsMax, ended } = this.#premises;
    const course = new Course(socket, part);
    // Without a listener an error would end the process. Whoever waits for the socket has its own.
    socket.on('error', (error) => course.broke(error));
    socket.once('end', () => course.peerEnded());
    this.#countAtOnce();
    if (counts.open >= connectionsMax) {
      counts.turnedAway();
      socket.destroy();
      course.ended(undefined);
      ended(socket, course, new Refusal('TOO_MANY_CONNECTIONS'));
      return;
    }
    counts.opened();
    this.#courses.set(course, socket);
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        counts.closed();
        resolve();
      });
    });
    const done = this.#serve(socket, course, closed).finally(() => this.#open.delete(done));
    this.#open.add(done);
  }

  /** The connections that have no ending yet. */
  get open(): ReadonlyMap<Course, Socket> {
    return this.#courses;
  }

  /** The most connections that the system had ready at one time. */
  get acceptedAtOnce(): number {
    return this.#atOnceMost;
  }

  /** Resolves when every connection that came has its ending and is closed. */
  async drained(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #serve(socket: Socket, course: Course, closed: Promise<void>): Promise<void> {
    const { stop, serve, ended } = this.#premises;
    const end = (error: unknown): void => {
      course.ended(error);
      this.#courses.delete(course);
      ended(socket, course, error);
    };
    const cut = (): void => void socket.destroy(cancelled());
    stop.addEventListener('abort', cut, { once: true });
    try {
      await serve(socket, course);
      end(undefined);
    } catch (error) {
      // Whatever a read or a write says of a socket that we cut.
      end(stop.aborted ? cancelled() : error);
    }
    // It has its ending; what is still under way is dropped for a moment, or until the run ends.
    await closed;
    stop.removeEventListener('abort', cut);
  }

  /** The system hands over all that are ready, one after the other, before anything else comes. */
  #countAtOnce(): void {
    if (this.#atOnce === 0) setImmediate(() => (this.#atOnce = 0));
    this.#atOnce++;
    this.#atOnceMost = Math.max(this.#atOnceMost, this.#atOnce);
  }
}
