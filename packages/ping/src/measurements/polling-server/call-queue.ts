import { nowUs } from 'tentacle-protocol';
import { type Observation } from 'tentacle-protocol/diagnostics';

/** How a call was completed. */
export type CallOutcome =
  | { readonly kind: 'ok'; readonly roundTripUs: number }
  | { readonly kind: 'failed'; readonly observation: Observation }
  | { readonly kind: 'cancelled' };

/** One call: queued, collected by a poller, or completed. */
export class PendingCall {
  readonly number: number;
  readonly startedAt = new Date().toISOString();
  readonly queuedUs = nowUs();
  /** The poller that collected it, and how long it had waited. */
  collected: { readonly address: string; readonly waitedUs: number } | undefined;
  readonly outcome: Promise<CallOutcome>;
  readonly complete: (outcome: CallOutcome) => void;

  constructor(number: number) {
    this.number = number;
    let settle: ((outcome: CallOutcome) => void) | undefined;
    this.outcome = new Promise((resolve) => (settle = resolve));
    this.complete = (outcome) => settle?.(outcome);
  }
}

/** Calls in order, for the one of a subscription's connections that has waited longest. */
export class CallQueue {
  readonly #calls: PendingCall[] = [];
  readonly #takers: ((call: PendingCall | undefined) => void)[] = [];

  put(call: PendingCall): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#calls.push(call);
    else taker(call);
  }

  /** Puts back a call that was taken and not sent: it precedes all others. */
  putBack(call: PendingCall): void {
    call.collected = undefined;
    if (this.#takers.length > 0) this.put(call);
    else this.#calls.unshift(call);
  }

  /** Removes a call from the queue; false when a connection has already taken it. */
  withdraw(call: PendingCall): boolean {
    const at = this.#calls.indexOf(call);
    if (at >= 0) this.#calls.splice(at, 1);
    return at >= 0;
  }

  /** Returns the next call; undefined after the wait, or when the signal reports that the taker needs none any more. */
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
