import { performance } from 'node:perf_hooks';

/**
 * For how much of a time this process computed. For the rest it waited for the network, a timer or a file. A process that
 * did not wait was itself the limit of what it did meanwhile.
 */
export class BusyShare {
  readonly #start = performance.eventLoopUtilization();

  /** From the start until now: 0 to 100. */
  get percent(): number {
    return Math.round(performance.eventLoopUtilization(this.#start).utilization * 100);
  }
}
