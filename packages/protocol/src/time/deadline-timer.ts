import type { Deadline } from './clock.js';

/**
 * Rings when a deadline passes, for waits that follow one another by the thousand and nearly always end in time. A
 * timer set and cleared for each took 20 us of a round trip of 470, so one stays set, and looks when it fires
 * whether anybody waits, and until when. One wait at a time.
 */
export class DeadlineTimer {
  #timer: NodeJS.Timeout | undefined;
  #timerAtUs = 0;
  #deadline: Deadline | undefined;
  #ring: (() => void) | undefined;

  /** Ring at the deadline, once, unless it is put off before. Meanwhile the process stays alive. */
  set(deadline: Deadline, ring: () => void): void {
    this.#deadline = deadline;
    this.#ring = ring;
    if (this.#timer === undefined || this.#timerAtUs > deadline.atUs) this.#arm(deadline);
    else this.#timer.ref();
  }

  /** The wait is over. */
  off(): void {
    this.#deadline = undefined;
    this.#ring = undefined;
    this.#timer?.unref();
  }

  /** Ends the use of this timer. */
  close(): void {
    this.off();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(deadline: Deadline): void {
    clearTimeout(this.#timer);
    this.#timerAtUs = deadline.atUs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#fire();
    }, deadline.remainingMs());
  }

  #fire(): void {
    const ring = this.#ring;
    if (ring === undefined || this.#deadline === undefined) return;
    // Set for a wait that is over; or Node's timer is early, by up to a millisecond.
    if (!this.#deadline.hasPassed) {
      this.#arm(this.#deadline);
      return;
    }
    // What has come by now is dealt with first, and may end the wait: see whenLate.
    const deadline = this.#deadline;
    setImmediate(() => {
      if (this.#ring !== ring || this.#deadline !== deadline) return;
      this.off();
      ring();
    });
  }
}
