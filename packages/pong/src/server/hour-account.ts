const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** What was transferred in one minute. */
interface MinuteSum {
  readonly minute: number;
  bytes: number;
  ms: number;
}

/** Counts bytes and time of the last hour, by minutes, and of what is under way. Memory: at most 61 minutes. */
export class HourAccount {
  /** The oldest first. */
  readonly #minutes: MinuteSum[] = [];
  #bytes = 0;
  #ms = 0;
  #reservedBytes = 0;
  #running = 0;
  /** The sum of the times at which those under way began. */
  #startedMs = 0;

  get isTransferring(): boolean {
    return this.#running > 0;
  }

  /** Bytes of the last hour, those reserved for what is under way included. */
  usedBytes(nowMs: number): number {
    this.#forgetOld(nowMs);
    return this.#bytes + this.#reservedBytes;
  }

  /** The time that transfers took in the last hour, those under way included. */
  usedMs(nowMs: number): number {
    this.#forgetOld(nowMs);
    return this.#ms + this.#running * nowMs - this.#startedMs;
  }

  /** When at most this number of bytes will be counted, if nothing is added; undefined when that depends on what is under way. */
  freesBytesMs(nowMs: number, bytes: number): number | undefined {
    this.#forgetOld(nowMs);
    let left = this.#bytes + this.#reservedBytes;
    for (const minute of this.#minutes) {
      if (left <= bytes) break;
      left -= minute.bytes;
      if (left <= bytes) return (minute.minute + HOUR_MINUTES + 1) * MINUTE_MS;
    }
    return undefined;
  }

  begin(nowMs: number, bytes: number): void {
    this.#running++;
    this.#startedMs += nowMs;
    this.#reservedBytes += bytes;
  }

  end(
    startedMs: number,
    nowMs: number,
    { announcedBytes, movedBytes }: { readonly announcedBytes: number; readonly movedBytes: number },
  ): void {
    this.#running--;
    this.#startedMs -= startedMs;
    this.#reservedBytes -= announcedBytes;
    this.add(nowMs, movedBytes, nowMs - startedMs);
  }

  add(nowMs: number, bytes: number, ms: number): void {
    this.#forgetOld(nowMs);
    const minute = Math.floor(nowMs / MINUTE_MS);
    let last = this.#minutes.at(-1);
    if (last?.minute !== minute) this.#minutes.push((last = { minute, bytes: 0, ms: 0 }));
    last.bytes += bytes;
    last.ms += ms;
    this.#bytes += bytes;
    this.#ms += ms;
  }

  /** A minute counts until an hour after its end, so that no hour has more than the limit. */
  #forgetOld(nowMs: number): void {
    const oldest = Math.floor(nowMs / MINUTE_MS) - HOUR_MINUTES;
    for (let first = this.#minutes[0]; first !== undefined && first.minute < oldest; first = this.#minutes[0]) {
      this.#minutes.shift();
      this.#bytes -= first.bytes;
      this.#ms -= first.ms;
    }
  }
}
