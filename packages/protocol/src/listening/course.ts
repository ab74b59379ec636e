import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { nowUs } from '../clock.js';
import type { ClosedBy } from '../connection-record.js';
import type { ConnectionView } from '../contracts.js';
import { maskUnsafe } from '../text/sanitize.js';
import { plainAddress } from '../transport/listener.js';
import { HandshakeError, TransportError } from '../transport/transport-error.js';
import { WireError } from '../wire/wire-error.js';
import { closedByOf } from './closed-by.js';

/** Whose part the listener plays: a listening Tentacle's (tentacle-pong), or the server's, that is polled (tentacle-ping). */
export type Part = 'tentacle' | 'server';

/** How far a connection has come. */
export type Place = 'start' | 'tls' | 'preamble' | 'page' | 'original' | 'trust' | 'identity' | 'rpc';

/** What was seen of a connection up to now. Plain data. */
export interface Seen {
  /** The peer's, as they arrive here. */
  readonly address: string;
  readonly port: number;
  /** Ours, that the peer connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** The first raw bytes that came. */
  readonly firstBytes?: Buffer;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The name that the peer asked for (SNI). */
  readonly serverName?: string;
  /** Null when the handshake ended without a certificate. */
  readonly clientThumbprint?: string | null;
  /** Of a preamble that asks for no message exchange. */
  readonly firstLine?: string;
  /** Of a peer that came to poll. */
  readonly subscription?: string;
  /** The peer's own name for the connection: the activity id of its first call. */
  readonly activityId?: string;
}

/** All that an ending is told from. Plain data. */
export interface Sighting extends Seen {
  readonly part: Part;
  readonly place: Place;
  /** Calls that were answered: by us, or by the poller. */
  readonly calls: number;
  /** A call was being worked on. */
  readonly inCall: boolean;
  /** What ended it: the system's, OpenSSL's, WireError's, TransportError's code or ours; absent when it went well. */
  readonly code?: string;
  /** How much had come of what was awaited, or of the handshake. */
  readonly receivedBytes: number;
  /** The name and message of our own bug. */
  readonly bug?: string;
}

/** What the listener itself decides about a connection. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: 'REFUSED_THUMBPRINT' | 'REFUSED_NO_CERTIFICATE' | 'TOO_MANY_CONNECTIONS' | 'TOO_MANY_POLLERS';

  constructor(code: Refusal['code']) {
    super(code);
    this.code = code;
  }
}

/** The course of one connection: where it is, and what was seen of it. */
export class Course {
  readonly connectionId = randomUUID();
  readonly startedAt = new Date().toISOString();
  readonly startedUs = nowUs();
  readonly #calls: Record<string, number> = {};
  #seen: Seen;
  #place: Place = 'start';
  #answered = 0;
  #isInCall = false;
  readonly #part: Part;
  #closedBy: ClosedBy | undefined;

  /** @param socket just accepted: later it may have forgotten who its peer was. */
  constructor({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: Socket, part: Part) {
    this.#part = part;
    this.#seen = {
      address: plainAddress(remoteAddress),
      port: remotePort,
      localAddress: plainAddress(localAddress),
      localPort,
    };
  }

  enter(place: Place): void {
    this.#place = place;
  }

  note(seen: Partial<Seen>): void {
    this.#seen = { ...this.#seen, ...seen };
  }

  callBegins(activityId: string | undefined): void {
    this.#isInCall = true;
    if (activityId !== undefined && this.#answered === 0) this.note({ activityId });
  }

  callEnds(name: string): void {
    this.#calls[name] = (this.#calls[name] ?? 0) + 1;
    this.#answered++;
    this.#isInCall = false;
  }

  /** The peer ended its stream, perhaps only its half. What came first counts. */
  peerEnded(): void {
    this.#closedBy ??= 'peer';
  }

  /** The connection failed. What came first counts. */
  broke(error: unknown): void {
    this.#closedBy ??= closedByOf(error);
  }

  /** It has its end: where the other side has not closed, we do. */
  ended(error: unknown): void {
    this.broke(error);
    this.#closedBy ??= 'us';
  }

  /** Which side's end came first; undefined while neither has. */
  get closedBy(): ClosedBy | undefined {
    return this.#closedBy;
  }

  get seen(): Seen {
    return this.#seen;
  }

  /** Calls that were answered, by name. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls;
  }

  /** What the peer itself may be told, once TLS is made. */
  view(pongVersion: string): ConnectionView {
    const { address, port, tlsVersion = '', cipher = '', clientThumbprint = null } = this.#seen;
    return { connectionId: this.connectionId, address, port, tlsVersion, cipher, clientThumbprint, pongVersion };
  }

  /** What is to be judged, when it ended with this error, or with none. */
  sighting(error: unknown): Sighting {
    const course = {
      part: this.#part,
      place: this.#place,
      calls: this.#answered,
      inCall: this.#isInCall,
      receivedBytes: 0,
    };
    return { ...this.#seen, ...course, ...symptomOf(error) };
  }
}

/** Text of a stranger, fit for one line of a log: no control characters, nothing that turns the direction of the text. */
export function oneLine(text: string): string {
  return maskUnsafe(text);
}

function symptomOf(error: unknown): Pick<Sighting, 'code' | 'bug'> & { receivedBytes?: number } {
  if (error === undefined) return {};
  if (error instanceof WireError || error instanceof HandshakeError) {
    return { code: error.code, receivedBytes: error.receivedBytes };
  }
  if (error instanceof TransportError || error instanceof Refusal) return { code: error.code };
  if (!(error instanceof Error)) return { code: 'OWN_BUG', bug: 'something was thrown that is no Error' };
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && comesFromOutside(code)) return { code };
  return { code: 'OWN_BUG', bug: `${error.name}: ${error.message}` };
}

/** Codes of the system and of OpenSSL; Node's ERR_* for misuse are our own bugs, but for a write to what has just gone. */
function comesFromOutside(code: string): boolean {
  return !code.startsWith('ERR_') || code.startsWith('ERR_SSL_') || code === 'ERR_STREAM_DESTROYED';
}
