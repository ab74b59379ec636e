import { Refusal } from 'tentacle-protocol';
import type { Peer } from '../report/peer.js';
import { CallQueue } from './queue.js';

/** Who polls: a machine is known by its address and its certificate. */
export interface Poller {
  readonly address: string;
  readonly thumbprint: string | null;
  /** The name that it asked for in TLS (SNI), last. */
  serverName?: string;
  tlsVersion: string;
  cipher: string;
  /** Connections that were taken, and those that are open. */
  connections: number;
  open: number;
  /** Calls that it took. */
  calls: number;
  /** UTC, when it came first and when it last said a word. */
  readonly firstAt: string;
  lastAt: string;
  /** What it said it is. */
  peer?: Peer;
}

/** What is known of a connection that comes to poll. */
export type Newcomer = Pick<Poller, 'address' | 'thumbprint' | 'serverName' | 'tlsVersion' | 'cipher'>;

/** More Tentacles than one machine polls for a test; who makes up names must not fill this one's memory. */
const SUBSCRIPTIONS_MOST = 1000;

/** Machines that share a subscription are two or three; a NAT with many addresses makes more. */
const POLLERS_MOST = 100;

/** One subscription: its calls, and who polls for it. */
export class Subscription {
  readonly id: string;
  readonly queue = new CallQueue();
  readonly pollers = new Map<string, Poller>();
  open = 0;
  peak = 0;
  /** How often a call was taken by another machine than the one before it. */
  switches = 0;
  #last: Poller | undefined;
  #wereOpenAtOnce = false;

  constructor(id: string) {
    this.id = id;
  }

  /** @throws Refusal when it has as many connections as it may. */
  admit(newcomer: Newcomer, maxConnections: number | undefined): Poller {
    if (maxConnections !== undefined && this.open >= maxConnections) throw new Refusal('TOO_MANY_POLLERS');
    const key = `${newcomer.address} ${newcomer.thumbprint ?? ''}`;
    const now = new Date().toISOString();
    let poller = this.pollers.get(key);
    if (poller === undefined) {
      if (this.pollers.size >= POLLERS_MOST) throw new Refusal('TOO_MANY_CONNECTIONS');
      poller = { ...newcomer, connections: 0, open: 0, calls: 0, firstAt: now, lastAt: now };
      this.pollers.set(key, poller);
    }
    Object.assign(poller, newcomer);
    poller.connections++;
    poller.open++;
    poller.lastAt = now;
    this.open++;
    this.peak = Math.max(this.peak, this.open);
    if ([...this.pollers.values()].filter(({ open }) => open > 0).length > 1) this.#wereOpenAtOnce = true;
    return poller;
  }

  leave(poller: Poller): void {
    poller.open--;
    poller.lastAt = new Date().toISOString();
    this.open--;
  }

  took(poller: Poller): void {
    poller.calls++;
    poller.lastAt = new Date().toISOString();
    if (this.#last !== undefined && this.#last !== poller) this.switches++;
    this.#last = poller;
  }

  /**
   * Whether more than one machine polls: two certificates, two addresses at one time, or calls that go to and fro. A
   * machine whose address changes once is none of these.
   */
  get isShared(): boolean {
    const thumbprints = new Set([...this.pollers.values()].map(({ thumbprint }) => thumbprint));
    return thumbprints.size > 1 || this.#wereOpenAtOnce || this.switches > 1;
  }
}

/** All that poll. */
export class Subscriptions {
  readonly all = new Map<string, Subscription>();
  readonly #onNew: (subscription: Subscription) => void;

  /** @param onNew called once for each subscription, when it is first heard of. */
  constructor(onNew: (subscription: Subscription) => void) {
    this.#onNew = onNew;
  }

  /** @throws Refusal when there are too many. */
  of(id: string): Subscription {
    const known = this.all.get(id);
    if (known !== undefined) return known;
    if (this.all.size >= SUBSCRIPTIONS_MOST) throw new Refusal('TOO_MANY_CONNECTIONS');
    const subscription = new Subscription(id);
    this.all.set(id, subscription);
    this.#onNew(subscription);
    return subscription;
  }
}
