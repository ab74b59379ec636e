import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProbeTurns } from './probe-turns.js';

/** Gauges of prom-client whose names Prometheus' conventions keep for counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** From a probe on the same network to Prometheus' default time-out. */
const DURATION_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of the exporter itself: its process, its probes and its limits. */
export class ExporterMetrics {
  readonly contentType: string;
  readonly probes: Counter<'module' | 'result'>;
  readonly rejected: Counter<'reason'>;
  readonly durations: Histogram;
  readonly reloads: Counter<'result'>;
  readonly #registry = new Registry();

  constructor(version: string, turns: ProbeTurns) {
    const registers = [this.#registry];
    this.contentType = this.#registry.contentType;
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    new Gauge({
      name: 'tentacle_exporter_build_info',
      help: 'The version of tentacle-ping',
      labelNames: ['version'],
      registers,
    }).set({ version }, 1);
    this.probes = new Counter({
      name: 'tentacle_exporter_probes_total',
      help: 'Probes that ended, by module and result',
      labelNames: ['module', 'result'],
      registers,
    });
    this.rejected = new Counter({
      name: 'tentacle_exporter_probes_rejected_total',
      help: 'Requests for probes that were not run, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.durations = new Histogram({
      name: 'tentacle_exporter_probe_duration_seconds',
      help: 'Duration of probes, with the wait for a turn',
      buckets: DURATION_BUCKETS_S,
      registers,
    });
    this.reloads = new Counter({
      name: 'tentacle_exporter_config_reloads_total',
      help: 'Reloads of the file of modules, by result',
      labelNames: ['result'],
      registers,
    });
    gaugeOf('tentacle_exporter_probes_running', 'Probes that are under way', registers, () => turns.running);
    gaugeOf('tentacle_exporter_probes_waiting', 'Probes that wait for a turn', registers, () => turns.waiting);
  }

  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A gauge whose value is read when it is requested. */
function gaugeOf(name: string, help: string, registers: Registry[], read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
