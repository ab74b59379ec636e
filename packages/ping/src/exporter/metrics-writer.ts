import { Gauge, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** A registry for one answer, or one file. */
export class MetricsWriter {
  /** Labels of every value that follows. */
  common: Labels = {};
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();

  value(name: string, help: string, value: number): void {
    this.labeled(name, help, {}, value);
  }

  labeled(name: string, help: string, own: Labels, value: number): void {
    // A date that is not one has no value.
    if (!Number.isFinite(value)) return;
    const labels = { ...this.common, ...own };
    const known = this.#gauges.get(name);
    const gauge = known ?? new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
    this.#gauges.set(name, gauge);
    gauge.set(labels, value);
  }

  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}
