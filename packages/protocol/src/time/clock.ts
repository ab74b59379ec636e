/** The time of the one monotonic clock by which every duration is measured. Integer microseconds; the zero is arbitrary. */
export function nowUs(): number {
  return Math.round(performance.now() * 1000);
}

/** Node's timers hold 31 bits; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A time of the monotonic clock by which something must have happened. */
export class Deadline {
  /** The time, in microseconds of {@link nowUs}. */
  readonly atUs: number;
  /** The span that was given, for messages. */
  readonly spanUs: number;

  private constructor(atUs: number, spanUs: number) {
    this.atUs = atUs;
    this.spanUs = spanUs;
  }

  static inUs(spanUs: number): Deadline {
    return new Deadline(nowUs() + spanUs, spanUs);
  }

  static inMs(spanMs: number): Deadline {
    return Deadline.inUs(spanMs * 1000);
  }

  /** The whole milliseconds left for a timer: never negative, rounded up so that a timer cannot fire early. */
  remainingMs(): number {
    return Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil((this.atUs - nowUs()) / 1000)));
  }

  get hasPassed(): boolean {
    return nowUs() >= this.atUs;
  }

  /** The same span from now: for the next step of work that is limited by its progress and not as a whole. */
  again(): Deadline {
    return Deadline.inUs(this.spanUs);
  }

  /** The earlier of this deadline and one `spanMs` from now. */
  orInMs(spanMs: number): Deadline {
    const other = Deadline.inMs(spanMs);
    return other.atUs < this.atUs ? other : this;
  }
}
