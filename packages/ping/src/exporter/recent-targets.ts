/** As many targets as one exporter probes. The first to be forgotten are those that were not probed for longest. */
const TARGETS_MAX = 20_000;

/** A value for each target, in bounded memory. */
export class RecentTargets<Value> {
  readonly #values = new Map<string, Value>();

  get(target: string): Value | undefined {
    return this.#values.get(target);
  }

  set(target: string, value: Value): void {
    this.#values.delete(target);
    this.#values.set(target, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > TARGETS_MAX && oldest !== undefined) this.#values.delete(oldest);
  }
}
