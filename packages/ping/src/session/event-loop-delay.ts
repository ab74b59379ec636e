import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The sampling interval: short enough to detect what lengthens a stage on a local network. */
const RESOLUTION_MS = 2;

/** Samples how long this process was blocked: measured times may be that much too high. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** Ends the sampling. @returns its 99th percentile, integer microseconds. */
  endP99Us(): number {
    this.#histogram.disable();
    // Node's figure is from one sample to the next, in nanoseconds; without a sample it is 0.
    return Math.max(0, Math.round(this.#histogram.percentile(99) / 1000) - RESOLUTION_MS * 1000);
  }
}
