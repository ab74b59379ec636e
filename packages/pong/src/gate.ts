import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { type Bytes, cancelled, nowUs } from 'tentacle-protocol';
import { serveConnection } from './connection.js';
import { Course, Refusal } from './course.js';
import { endingOf } from './endings.js';
import type { House } from './house.js';
import type { ConnectionRecord } from './records.js';

/** Enough to recognise a protocol by, and small enough to keep for every connection. */
const FIRST_BYTES_KEPT = 256;

/** Where connections come in and are accounted for: each one that came has its ending, its record and its line in the log. */
export class Gate {
  readonly #house: House;
  readonly #open = new Set<Promise<void>>();
  #isFull = false;

  constructor(house: House) {
    this.#house = house;
    // Every connection listens to it.
    setMaxListeners(0, house.stop);
  }

  admit(socket: Socket): void {
    const { tally, limits } = this.#house;
    const course = new Course(socket);
    // Without a listener an error would end the process. Whoever waits for the socket has its own.
    socket.on('error', () => undefined);
    if (tally.open >= limits.connectionsMax) {
      tally.turnedAway();
      socket.destroy();
      this.#end(socket, course, new Refusal('TOO_MANY_CONNECTIONS'));
      return;
    }
    this.#isFull = false;
    tally.opened();
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        tally.closed();
        resolve();
      });
    });
    const done = this.#serve(socket, course, closed).finally(() => this.#open.delete(done));
    this.#open.add(done);
  }

  /** Resolves when every connection that came has its ending and is closed. */
  async drained(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #serve(socket: Socket, course: Course, closed: Promise<void>): Promise<void> {
    const { stop } = this.#house;
    const cut = (): void => void socket.destroy(cancelled());
    stop.addEventListener('abort', cut, { once: true });
    try {
      await serveConnection(socket, course, this.#house);
      this.#end(socket, course, undefined);
    } catch (error) {
      // Whatever a read or a write says of a socket that we cut.
      this.#end(socket, course, stop.aborted ? cancelled() : error);
    }
    // It has its ending; what is still under way is dropped for a moment, or until the run ends.
    await closed;
    stop.removeEventListener('abort', cut);
  }

  #end(socket: Socket, course: Course, error: unknown): void {
    const { tally, records, log } = this.#house;
    const sighting = course.sighting(error);
    const ending = endingOf(sighting);
    const record = recordOf(socket, course, ending.id, sighting.code);
    tally.ended(record);
    records.add(record);
    // A flood of connections must not become a flood of lines.
    const isRepeated = ending.id === 'too-many-connections' && this.#isFull;
    if (ending.id === 'too-many-connections') this.#isFull = true;
    const text = ending.level === 'info' ? ending.title : `${ending.title}. ${ending.means(sighting)}`;
    // The text names the first bytes where they tell something; whole, they would fill the screen.
    const { firstBytes: _, ...line } = record;
    log[isRepeated ? 'debug' : ending.level](line, text);
    if (ending.id === 'internal.bug') log.debug(error, 'where the bug is');
  }
}

function recordOf(socket: Socket, course: Course, ending: ConnectionRecord['ending'], code?: string): ConnectionRecord {
  const { firstBytes, ...seen } = course.seen;
  const gotThroughTls = seen.tlsVersion !== undefined;
  return {
    connectionId: course.connectionId,
    startedAt: course.startedAt,
    ...seen,
    ...(gotThroughTls || firstBytes === undefined ? {} : { firstBytes: bytesOf(firstBytes) }),
    calls: course.calls,
    bytesIn: socket.bytesRead,
    bytesOut: socket.bytesWritten,
    durationUs: nowUs() - course.startedUs,
    ending,
    ...(code === undefined ? {} : { code }),
  };
}

function bytesOf(bytes: Buffer): Bytes {
  const kept = bytes.subarray(0, FIRST_BYTES_KEPT);
  return { text: kept.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.'), hex: kept.toString('hex') };
}
