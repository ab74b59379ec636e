import { nowUs, type Sighting } from 'tentacle-protocol';

/** What became of a call. */
export type CallEnd =
  | { readonly kind: 'ok'; readonly roundTripUs: number }
  | { readonly kind: 'failed'; readonly sighting: Sighting }
  | { readonly kind: 'cancelled' };

/** One call that waits for a poller, is on its way with one, or has its end. */
export class PendingCall {
  readonly number: number;
  readonly startedAt = new Date().toISOString();
  readonly queuedUs = nowUs();
  /** Who took it, and after how long. */
  collected: { readonly address: string; readonly waitedUs: number } | undefined;
  readonly ended: Promise<CallEnd>;
  readonly end: (end: CallEnd) => void;

  constructor(number: number) {
    this.number = number;
    let settle: ((end: CallEnd) => void) | undefined;
    this.ended = new Promise((resolve) => (settle = resolve));
    this.end = (end) => settle?.(end);
  }
}

/** Calls in order, for whichever of a subscription's connections has waited longest. */
export class CallQueue {
  readonly #calls: PendingCall[] = [];
  readonly #takers: ((call: PendingCall | undefined) => void)[] = [];

  put(call: PendingCall): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#calls.push(call);
    else taker(call);
  }

  /** A call that was taken and not made goes before all others. */
  putBack(call: PendingCall): void {
    call.collected = undefined;
    if (this.#takers.length > 0) this.put(call);
    else this.#calls.unshift(call);
  }

  /** Take a call back that nobody has taken: false when somebody has. */
  withdraw(call: PendingCall): boolean {
    const at = this.#calls.indexOf(call);
    if (at >= 0) this.#calls.splice(at, 1);
    return at >= 0;
  }

  /** The next call; undefined after the wait, or when the signal comes, which says that the taker needs none any more. */
  async take(waitUs: number, over: AbortSignal): Promise<PendingCall | undefined> {
    if (over.aborted) return undefined;
    const call = this.#calls.shift();
    if (call !== undefined) return call;
    return new Promise((resolve) => {
      const taker = (taken: PendingCall | undefined): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', giveUp);
        resolve(taken);
      };
      const giveUp = (): void => {
        const at = this.#takers.indexOf(taker);
        if (at >= 0) this.#takers.splice(at, 1);
        taker(undefined);
      };
      const timer = setTimeout(giveUp, Math.ceil(waitUs / 1000));
      over.addEventListener('abort', giveUp, { once: true });
      this.#takers.push(taker);
    });
  }
}
