import { nowUs } from 'tentacle-protocol';

/** The rate is that of about the last two seconds: long enough not to flicker, short enough to show a stall. */
const WINDOW_US = 2_000_000;

/** The rate at which bytes move now. */
export class RecentRate {
  #samples: { readonly atUs: number; readonly bytes: number }[] = [];

  /** Something else begins to move, from 0 bytes. */
  restart(): void {
    this.#samples = [{ atUs: nowUs(), bytes: 0 }];
  }

  /** Bytes per second, given how many have moved by now; undefined where that is not known yet. */
  perSecond(bytes: number): number | undefined {
    const atUs = nowUs();
    // The one before the window is kept: the window begins there.
    while (this.#samples.length > 1 && atUs - (this.#samples[1]?.atUs ?? atUs) > WINDOW_US) this.#samples.shift();
    const [first] = this.#samples;
    this.#samples.push({ atUs, bytes });
    if (first === undefined || atUs === first.atUs) return undefined;
    return ((bytes - first.bytes) / (atUs - first.atUs)) * 1_000_000;
  }
}
