import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { InboundFacts, InboundObservation, Phase, Role } from '../diagnostics/inbound-observation.js';
import { WireError } from '../halibut/wire-error.js';
import { unmapAddress } from '../net/listen.js';
import { HandshakeError, isExternalCode, TransportError } from '../net/transport-error.js';
import type { ClosedBy } from '../services/connection-record.js';
import type { ConnectionView } from '../services/contracts.js';
import { ConnectionTrace } from '../trace.js';
import type { Place } from './admission.js';
import { determineClosedBy } from './closed-by.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

/** The addresses of a socket. */
type Endpoints = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

/** How many connections this process accepted. */
let accepted = 0;

/** The trace of one accepted connection, its name, and which side closed it. */
export class InboundConnection extends ConnectionTrace<InboundFacts, Phase> {
  readonly connectionId = randomUUID();
  /** Its place in the order in which this process accepted connections, from 1. */
  readonly number = ++accepted;
  readonly #role: Role;
  #closedBy: ClosedBy | undefined;
  #place: Place | undefined;

  /** @param socket just accepted: it may forget its peer's address later. */
  constructor({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: Endpoints, role: Role) {
    const local = { localAddress: unmapAddress(localAddress), localPort };
    super({ address: unmapAddress(remoteAddress), port: remotePort, ...local }, 'start');
    this.#role = role;
  }

  /** It was admitted. A connection without a place is about to be closed. */
  admitted(place: Place): void {
    this.#place = place;
  }

  /** The peer's identity is complete. */
  identified(): void {
    this.#place?.identified();
  }

  override callCompleted(name: string): void {
    super.callCompleted(name);
    // Of later calls nothing new follows, and there may be thousands a second.
    if (this.completedCalls === 1) this.#place?.served();
  }

  /** @param activityId the caller's name for the call; that of the first call names the connection. */
  override callStarted(activityId?: string): void {
    super.callStarted();
    if (activityId !== undefined && this.completedCalls === 0) this.record({ activityId });
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

  /** Returns what the peer itself may learn about its connection, once TLS is established. */
  describe(serverVersion: string): ConnectionView {
    const { address, port, tlsVersion = '', cipher = '', clientThumbprint = null } = this.facts;
    const { connectionId } = this;
    return { connectionId, address, port, tlsVersion, cipher, clientThumbprint, pongVersion: serverVersion };
  }

  /** Returns the observation to classify, for a connection that ended with this error, or without one. */
  observe(error: unknown): InboundObservation {
    const { address } = this.facts;
    return {
      ...this.facts,
      // The system no longer names the peer of a connection that was reset before it was accepted.
      address: address === '' ? 'an unknown address' : address,
      role: this.#role,
      phase: this.currentStage,
      calls: this.completedCalls,
      inCall: this.isInCall,
      receivedBytes: 0,
      elapsedInPhaseUs: this.elapsedInStageUs,
      ...errorSignature(error),
    };
  }
}

function errorSignature(
  error: unknown,
): Pick<InboundObservation, 'code' | 'bug' | 'limit'> & { receivedBytes?: number } {
  if (error === undefined) return {};
  if (error instanceof WireError || error instanceof HandshakeError) {
    return { code: error.code, receivedBytes: error.receivedBytes };
  }
  if (error instanceof RejectedConnectionError) {
    const { code, limit } = error;
    return limit === undefined ? { code } : { code, limit };
  }
  if (error instanceof TransportError) return { code: error.code };
  if (!(error instanceof Error)) return { code: 'OWN_BUG', bug: 'a value that is not an Error was thrown' };
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && isExternalCode(code)) return { code };
  return { code: 'OWN_BUG', bug: `${error.name}: ${error.message}` };
}
