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
  readonly #reloads: Counter<'result'>;
  readonly #lastReload: Gauge;
  readonly #lastReloadTime: Gauge;
  readonly #registry = new Registry();

  constructor(version: string, turns: ProbeTurns, searchTurns: ProbeTurns) {
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
      help: 'Requests for probes that were not run, by reason: invalid, queue-full, too-late or stopping',
      labelNames: ['reason'],
      registers,
    });
    this.durations = new Histogram({
      name: 'tentacle_exporter_probe_duration_seconds',
      help: 'Duration of probes, with the wait for a turn',
      buckets: DURATION_BUCKETS_S,
      registers,
    });
    this.#reloads = new Counter({
      name: 'tentacle_exporter_config_reloads_total',
      help: 'Reloads of the files, by result',
      labelNames: ['result'],
      registers,
    });
    this.#lastReload = new Gauge({
      name: 'tentacle_exporter_config_last_reload_successful',
      help: '1 where the last reload of the files succeeded, 0 where the former files are still in use',
      registers,
    });
    this.#lastReloadTime = new Gauge({
      name: 'tentacle_exporter_config_last_reload_success_timestamp_seconds',
      help: 'When the files in use were read',
      registers,
    });
    this.#lastReload.set(1);
    this.#lastReloadTime.setToCurrentTime();
    gaugeOf('tentacle_exporter_probes_max', 'Probes that may run at a time (--max-probes)', registers, () => turns.max);
    gaugeOf(
      'tentacle_exporter_probes_waiting_max',
      'Probes that may wait (--max-waiting)',
      registers,
      () => turns.waitingMax,
    );
    gaugeOf(
      'tentacle_exporter_searches_running',
      'Searches that run now, of modules with sizes or idle',
      registers,
      () => searchTurns.running,
    );
    gaugeOf('tentacle_exporter_probes_running', 'Probes that run now', registers, () => turns.running);
    gaugeOf('tentacle_exporter_probes_waiting', 'Probes that wait for a turn now', registers, () => turns.waiting);
  }

  /** @param isSuccess whether new files are in use. */
  reloaded(isSuccess: boolean): void {
    this.#reloads.inc({ result: isSuccess ? 'success' : 'failure' });
    this.#lastReload.set(isSuccess ? 1 : 0);
    if (isSuccess) this.#lastReloadTime.setToCurrentTime();
  }

  /** @param more the metrics of another part, if any. */
  async text(more?: Registry): Promise<string> {
    const registry = more === undefined ? this.#registry : Registry.merge([this.#registry, more]);
    return registry.metrics();
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
