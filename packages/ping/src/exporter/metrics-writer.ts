import { Gauge, Registry } from 'prom-client';

/** A registry for one answer. */
export class MetricsWriter {
  readonly #registry = new Registry();
  readonly #labeled = new Map<string, Gauge>();

  value(name: string, help: string, value: number): void {
    // A date that is not one has no value.
    if (!Number.isFinite(value)) return;
    new Gauge({ name, help, registers: [this.#registry] }).set(value);
  }

  labeled(name: string, help: string, labels: Readonly<Record<string, string>>, value: number): void {
    const known = this.#labeled.get(name);
    const gauge = known ?? new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
    this.#labeled.set(name, gauge);
    gauge.set(labels, value);
  }

  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}
