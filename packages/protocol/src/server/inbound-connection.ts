import type { Role, Phase, InboundFacts, InboundObservation } from '../diagnostics/inbound-observation.js';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { nowUs } from '../time/clock.js';
import type { ClosedBy } from '../services/connection-record.js';
import type { ConnectionView } from '../services/contracts.js';
import { unmapAddress } from '../net/listen.js';
import { HandshakeError, TransportError } from '../net/transport-error.js';
import { WireError } from '../halibut/wire-error.js';
import { determineClosedBy } from './closed-by.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

/** One phase that was completed, and how long it took. */
export interface PhaseTime {
  readonly phase: Phase;
  readonly durationUs: number;
}

/** The addresses of a socket. */
type Endpoints = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** The trace of one accepted connection: its phases and their times, the facts observed, its calls, and who closed it. */
export class InboundConnection {
  readonly connectionId = randomUUID();
  readonly startedAt = new Date().toISOString();
  readonly startedUs = nowUs();
  readonly completedStages: PhaseTime[] = [];
  readonly #role: Role;
  readonly #calls: Record<string, number> = {};
  #facts: InboundFacts;
  #phase: Phase = 'start';
  #completedCalls = 0;
  #isInCall = false;
  #closedBy: ClosedBy | undefined;

  /** @param socket just accepted: it may forget its peer's address later. */
  constructor({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: Endpoints, role: Role) {
    this.#role = role;
    this.#facts = {
      address: unmapAddress(remoteAddress),
      port: remotePort,
      localAddress: unmapAddress(localAddress),
      localPort,
    };
  }

  /** Enter a phase that lasts until the next one or the end; it is not timed. */
  enterStage(phase: Phase): void {
    this.#phase = phase;
  }

  /** Run one phase. Its time is kept when it completes; when it throws, the connection stays in that phase. */
  async stage<T>(phase: Phase, work: () => Promise<T> | T): Promise<T> {
    this.enterStage(phase);
    const startedUs = nowUs();
    const result = await work();
    this.completedStages.push({ phase, durationUs: nowUs() - startedUs });
    return result;
  }

  /** Add facts to those observed so far. */
  record(facts: Partial<InboundFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  callStarted(activityId: string | undefined): void {
    this.#isInCall = true;
    if (activityId !== undefined && this.#completedCalls === 0) this.record({ activityId });
  }

  /** @param name counted under `calls`. */
  callCompleted(name: string): void {
    this.#calls[name] = (this.#calls[name] ?? 0) + 1;
    this.#completedCalls++;
    this.#isInCall = false;
  }

  /** The peer ended its stream, perhaps only its half. The first event decides `closedBy`. */
  peerClosed(): void {
    this.#closedBy ??= 'remote';
  }

  /** The connection failed. The first event decides `closedBy`. */
  failed(error: unknown): void {
    this.#closedBy ??= determineClosedBy(error);
  }

  /** The connection has its ending: unless the peer has closed it, the listener does. */
  ended(error: unknown): void {
    this.failed(error);
    this.#closedBy ??= 'local';
  }

  /** Which side closed first; undefined while neither has. */
  get closedBy(): ClosedBy | undefined {
    return this.#closedBy;
  }

  get facts(): InboundFacts {
    return this.#facts;
  }

  /** Calls that were answered, by name. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls;
  }

  /** What the peer itself may be told about its connection, once TLS is established. */
  describe(serverVersion: string): ConnectionView {
    const { address, port, tlsVersion = '', cipher = '', clientThumbprint = null } = this.#facts;
    const { connectionId } = this;
    return { connectionId, address, port, tlsVersion, cipher, clientThumbprint, pongVersion: serverVersion };
  }

  /** The observation to classify, for a connection that ended with this error, or without one. */
  observe(error: unknown): InboundObservation {
    return {
      ...this.#facts,
      role: this.#role,
      phase: this.#phase,
      calls: this.#completedCalls,
      inCall: this.#isInCall,
      receivedBytes: 0,
      ...errorSignature(error),
    };
  }
}

/** Text of a stranger on one line of a log: without control characters or characters that change the text's direction. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}

function errorSignature(error: unknown): Pick<InboundObservation, 'code' | 'bug'> & { receivedBytes?: number } {
  if (error === undefined) return {};
  if (error instanceof WireError || error instanceof HandshakeError) {
    return { code: error.code, receivedBytes: error.receivedBytes };
  }
  if (error instanceof TransportError || error instanceof RejectedConnectionError) return { code: error.code };
  if (!(error instanceof Error)) return { code: 'OWN_BUG', bug: 'a value that is not an Error was thrown' };
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && isExternal(code)) return { code };
  return { code: 'OWN_BUG', bug: `${error.name}: ${error.message}` };
}

/** Codes of the system and of OpenSSL. Node's other ERR_* report misuse, so bugs here, except a write after the peer left. */
function isExternal(code: string): boolean {
  return !code.startsWith('ERR_') || code.startsWith('ERR_SSL_') || code === 'ERR_STREAM_DESTROYED';
}
