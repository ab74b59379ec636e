import type { Socket } from 'node:net';
import type { ClosedBy, ConnectionRecord } from '../services/connection-record.js';
import { cancelled } from '../net/transport-error.js';
import { type EndingId, endingDefinition } from '../diagnostics/endings.js';
import type { Ending } from '../diagnostics/endings/ending.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { Admission, type AdmissionLimits } from './admission.js';
import { handshakeTurns } from './handshake-turns.js';
import { InboundConnection } from './inbound-connection.js';
import { type InboundObservation, type Role } from '../diagnostics/inbound-observation.js';
import { recordConnection } from './record-connection.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

/** How many connections were received, are open, and were open at most. */
export class ConnectionCounts {
  total = 0;
  open = 0;
  peak = 0;

  opened(): void {
    this.total++;
    this.open++;
    this.peak = Math.max(this.peak, this.open);
  }

  /** A connection was received and rejected because of a limit. */
  rejected(): void {
    this.total++;
  }

  closed(): void {
    this.open--;
  }
}

/** The record of a connection that has its ending. Plain JSON. */
export interface EndedConnectionRecord extends ConnectionRecord {
  readonly ending: EndingId;
  readonly closedBy: ClosedBy;
}

/** How a connection ended: what it was classified as, and by what. */
export interface ConnectionEnd {
  readonly ending: Ending<EndingId>;
  readonly observation: InboundObservation;
  /** The place of the connection in the order of acceptance. */
  readonly number: number;
  /** Undefined when it ended normally. */
  readonly error: unknown;
}

/** What a program does with its connections, and the limits that it sets. */
export interface ConnectionHandlers {
  readonly role: Role;
  readonly limits: AdmissionLimits;
  readonly counts: ConnectionCounts;
  /** The end of the run: every connection is cut. */
  readonly stop: AbortSignal;
  /** @throws whatever ended the connection, unless it ended normally. */
  readonly onConnection: (socket: Socket, connection: InboundConnection) => Promise<void>;
  /** Called once for every connection that was received. */
  readonly onEnded: (record: EndedConnectionRecord, end: ConnectionEnd) => void;
}

/** Accepts connections up to its limits and accounts for each: every one gets exactly one ending. */
export class ConnectionServer {
  readonly #handlers: ConnectionHandlers;
  readonly #pending = new Set<Promise<void>>();
  readonly #open = new Map<InboundConnection, Socket>();
  readonly #admission: Admission;
  /** Until they are closed, which some are only after they have their ending. */
  readonly #sockets = new Set<Socket>();
  #acceptBatch = 0;
  #largestAcceptBatch = 0;

  constructor(handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    this.#admission = new Admission(handlers.limits);
    // One listener for all: a signal's list of listeners is searched through for each that is added or removed.
    handlers.stop.addEventListener('abort', () => this.#cutAll(), { once: true });
  }

  accept(socket: Socket): void {
    const { role, counts } = this.#handlers;
    const connection = new InboundConnection(socket, role);
    // Without a listener an error would end the process. Code that waits for the socket has a listener of its own.
    socket.on('error', (error) => connection.failed(error));
    this.#countAcceptBatch();
    handshakeTurns.accepted();
    const place = this.#admission.admit(connection.facts.address);
    if (place instanceof RejectedConnectionError) {
      counts.rejected();
      socket.destroy();
      this.#end(socket, connection, place);
      return;
    }
    connection.admitted(place);
    counts.opened();
    this.#open.set(connection, socket);
    socket.once('end', () => connection.peerClosed());
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        counts.closed();
        place.leave();
        resolve();
      });
    });
    const done = this.#handle(socket, connection, closed).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  /** Calls back for each connection that has no ending yet. A record is only made where it is asked for: that costs most. */
  forEachOpen(visit: (connection: InboundConnection, makeRecord: () => ConnectionRecord) => void): void {
    this.#open.forEach((socket, connection) => visit(connection, () => recordConnection(socket, connection)));
  }

  /** The most connections that the system had ready at one time. */
  get largestAcceptBatch(): number {
    return this.#largestAcceptBatch;
  }

  /** Resolves when every connection that was received has its ending and is closed. */
  async drain(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #handle(socket: Socket, connection: InboundConnection, closed: Promise<void>): Promise<void> {
    const { stop, onConnection } = this.#handlers;
    this.#sockets.add(socket);
    if (stop.aborted) socket.destroy(cancelled());
    try {
      await onConnection(socket, connection);
      this.#end(socket, connection, undefined);
    } catch (error) {
      // After a stop, whatever a read or a write reports about the socket that was cut.
      this.#end(socket, connection, stop.aborted ? cancelled() : error);
    }
    // It has its ending. What is still under way is dropped for a moment, or until the run ends.
    await closed;
    this.#sockets.delete(socket);
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy(cancelled());
  }

  #end(socket: Socket, connection: InboundConnection, error: unknown): void {
    connection.ended(error);
    this.#open.delete(connection);
    const observation = connection.observe(error);
    const ending = endingDefinition(observation);
    const { code } = observation;
    const record: EndedConnectionRecord = {
      ...recordConnection(socket, connection),
      closedBy: connection.closedBy ?? 'local',
      ending: ending.id,
      ...omitUndefined({ code }),
    };
    this.#handlers.onEnded(record, { ending, observation, error, number: connection.number });
  }

  /** The system hands over all connections that are ready, one after the other, before any other event. */
  #countAcceptBatch(): void {
    if (this.#acceptBatch === 0) setImmediate(() => (this.#acceptBatch = 0));
    this.#acceptBatch++;
    this.#largestAcceptBatch = Math.max(this.#largestAcceptBatch, this.#acceptBatch);
  }
}
