import { RejectedConnectionError } from 'tentacle-protocol/diagnostics';
import type { Peer } from '../../report/peer.js';
import { CallQueue } from './call-queue.js';

/** A machine that polls, identified by its address and its certificate. */
export interface Poller {
  readonly address: string;
  readonly thumbprint: string | null;
  /** The name that it last requested in TLS (SNI). */
  serverName?: string;
  tlsVersion: string;
  cipher: string;
  /** Connections that were accepted, and those that are open. */
  connections: number;
  open: number;
  /** Calls that it collected. */
  calls: number;
  /** UTC: when it first connected, and when it was last active. */
  readonly firstAt: string;
  lastAt: string;
  /** What it was identified as. */
  peer?: Peer;
}

/** What is known of a poller when it connects. */
export type PollerInfo = Pick<Poller, 'address' | 'thumbprint' | 'serverName' | 'tlsVersion' | 'cipher'>;

/** More than one machine polls for in a test; a peer that invents names must not fill this machine's memory. */
const SUBSCRIPTIONS_MAX = 1000;

/** Two or three machines share a subscription by mistake; behind a NAT with many addresses they count as more. */
const POLLERS_MAX = 100;

/** One subscription: its calls, and the machines that poll for it. */
export class Subscription {
  readonly id: string;
  readonly queue = new CallQueue();
  readonly pollers = new Map<string, Poller>();
  open = 0;
  peak = 0;
  /** How often a call was taken by another machine than the call before it. */
  switches = 0;
  #lastTaker: Poller | undefined;
  #wasOpenFromTwo = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Counts a new connection. @throws RejectedConnectionError when the subscription has reached its limit. */
  connect(info: PollerInfo, maxConnections: number | undefined): Poller {
    if (maxConnections !== undefined && this.open >= maxConnections)
      throw new RejectedConnectionError('TOO_MANY_POLLERS');
    const key = `${info.address} ${info.thumbprint ?? ''}`;
    const now = new Date().toISOString();
    let poller = this.pollers.get(key);
    if (poller === undefined) {
      if (this.pollers.size >= POLLERS_MAX) throw new RejectedConnectionError('TOO_MANY_CONNECTIONS');
      poller = { ...info, connections: 0, open: 0, calls: 0, firstAt: now, lastAt: now };
      this.pollers.set(key, poller);
    }
    Object.assign(poller, info);
    poller.connections++;
    poller.open++;
    poller.lastAt = now;
    this.open++;
    this.peak = Math.max(this.peak, this.open);
    if ([...this.pollers.values()].filter(({ open }) => open > 0).length > 1) this.#wasOpenFromTwo = true;
    return poller;
  }

  disconnect(poller: Poller): void {
    poller.open--;
    poller.lastAt = new Date().toISOString();
    this.open--;
  }

  callTaken(poller: Poller): void {
    poller.calls++;
    poller.lastAt = new Date().toISOString();
    if (this.#lastTaker !== undefined && this.#lastTaker !== poller) this.switches++;
    this.#lastTaker = poller;
  }

  /**
   * Whether more than one machine polls: two certificates, two addresses at one time, or calls that alternate between
   * machines. A machine whose address changes once is none of these.
   */
  get isShared(): boolean {
    const thumbprints = new Set([...this.pollers.values()].map(({ thumbprint }) => thumbprint));
    return thumbprints.size > 1 || this.#wasOpenFromTwo || this.switches > 1;
  }
}

/** All subscriptions of a run. */
export class Subscriptions {
  readonly all = new Map<string, Subscription>();
  readonly #onNew: (subscription: Subscription) => void;

  /** @param onNew called once for each subscription, when it is first used. */
  constructor(onNew: (subscription: Subscription) => void) {
    this.#onNew = onNew;
  }

  /** Returns the subscription with this id, added if it is new. @throws RejectedConnectionError when there are too many. */
  of(id: string): Subscription {
    const known = this.all.get(id);
    if (known !== undefined) return known;
    if (this.all.size >= SUBSCRIPTIONS_MAX) throw new RejectedConnectionError('TOO_MANY_CONNECTIONS');
    const subscription = new Subscription(id);
    this.all.set(id, subscription);
    this.#onNew(subscription);
    return subscription;
  }
}
