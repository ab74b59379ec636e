import { addressGroup } from './address-group.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

/**
 * How many connections a listener keeps open, and how many of them may be unidentified: before the peer's Halibut identity
 * is complete, TLS and the page included. An address is what {@link addressGroup} returns.
 */
export interface AdmissionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly unidentifiedMax: number;
  readonly unidentifiedPerAddressMax: number;
  /**
   * The part of the places, in all and of unidentified connections, that is kept for addresses whose calls were answered
   * before: a flood from many addresses leaves them to the clients that were there before it.
   */
  readonly keptPercent: number;
}

/** More addresses than the servers of a large installation have; a hundred bytes each. The latest are remembered. */
export const REMEMBERED_ADDRESSES = 1000;

/** The connections of one address that are open. */
interface AddressCount {
  open: number;
  unidentified: number;
}

/** The place of one connection among those that are open. */
export interface Place {
  /** The peer's identity is complete. */
  identified(): void;
  /** A call of the peer was answered: places are kept for its address from now on. */
  served(): void;
  /** The connection is closed. */
  leave(): void;
}

/** Decides at accept whether a connection may stay, before anything is read from it. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #addresses = new Map<string, AddressCount>();
  /** The latest last. */
  readonly #served = new Set<string>();
  readonly #refusals: Readonly<Record<RefusalCode, RejectedConnectionError>>;
  #open = 0;
  #unidentified = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    // One error for all refusals of a kind: a stack for each would cost more than the rest of the refusal.
    this.#refusals = {
      TOO_MANY_CONNECTIONS: new RejectedConnectionError('TOO_MANY_CONNECTIONS', limits.connectionsMax),
      TOO_MANY_OF_ADDRESS: new RejectedConnectionError('TOO_MANY_OF_ADDRESS', limits.connectionsPerAddressMax),
      TOO_MANY_UNIDENTIFIED: new RejectedConnectionError('TOO_MANY_UNIDENTIFIED', limits.unidentifiedMax),
      TOO_MANY_UNIDENTIFIED_OF_ADDRESS: new RejectedConnectionError(
        'TOO_MANY_UNIDENTIFIED_OF_ADDRESS',
        limits.unidentifiedPerAddressMax,
      ),
    };
  }

  /** Returns a place for a connection of this address, or why there is none. */
  admit(address: string): Place | RejectedConnectionError {
    const group = addressGroup(address);
    const count = this.#addresses.get(group) ?? { open: 0, unidentified: 0 };
    const refusal = this.#refusalOf(group, count);
    if (refusal !== undefined) return this.#refusals[refusal];
    this.#addresses.set(group, count);
    count.open++;
    count.unidentified++;
    this.#open++;
    this.#unidentified++;
    return this.#place(group, count);
  }

  /** A limit of the address is named before one of all addresses: it shows which client has the connections. */
  #refusalOf(group: string, { open, unidentified }: AddressCount): RefusalCode | undefined {
    const { connectionsMax, connectionsPerAddressMax, unidentifiedMax, unidentifiedPerAddressMax } = this.#limits;
    const keptPercent = this.#served.has(group) ? 0 : this.#limits.keptPercent;
    const available = (max: number): number => max - Math.floor((max * keptPercent) / 100);
    if (open >= connectionsPerAddressMax) return 'TOO_MANY_OF_ADDRESS';
    if (unidentified >= unidentifiedPerAddressMax) return 'TOO_MANY_UNIDENTIFIED_OF_ADDRESS';
    if (this.#open >= available(connectionsMax)) return 'TOO_MANY_CONNECTIONS';
    if (this.#unidentified >= available(unidentifiedMax)) return 'TOO_MANY_UNIDENTIFIED';
    return undefined;
  }

  #place(group: string, count: AddressCount): Place {
    let isUnidentified = true;
    const identified = (): void => {
      if (!isUnidentified) return;
      isUnidentified = false;
      count.unidentified--;
      this.#unidentified--;
    };
    return {
      identified,
      served: () => this.#remember(group),
      leave: () => {
        identified();
        count.open--;
        this.#open--;
        if (count.open === 0) this.#addresses.delete(group);
      },
    };
  }

  #remember(group: string): void {
    this.#served.delete(group);
    this.#served.add(group);
    const [oldest] = this.#served;
    if (this.#served.size > REMEMBERED_ADDRESSES && oldest !== undefined) this.#served.delete(oldest);
  }
}

type RefusalCode =
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_OF_ADDRESS'
  | 'TOO_MANY_UNIDENTIFIED'
  | 'TOO_MANY_UNIDENTIFIED_OF_ADDRESS';
