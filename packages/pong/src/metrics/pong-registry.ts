import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Gauges of prom-client whose names Prometheus' conventions keep for counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The metrics of a process of tentacle-pong, of which most are counted by other parts, and read when they are requested. */
export class PongRegistry {
  readonly registers: [Registry];

  constructor(version: string) {
    const registry = new Registry();
    this.registers = [registry];
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    new Gauge({
      name: 'tentacle_pong_build_info',
      help: 'The version of tentacle-pong',
      labelNames: ['version'],
      registers: this.registers,
    }).set({ version }, 1);
  }

  get contentType(): string {
    return this.registers[0].contentType;
  }

  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.registers,
      collect() {
        this.set(read());
      },
    });
  }

  counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: this.registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** @param read the counts by the value of the label, of which there are few. */
  labeledCounter(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: this.registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
      },
    });
  }

  async text(): Promise<string> {
    return this.registers[0].metrics();
  }
}
