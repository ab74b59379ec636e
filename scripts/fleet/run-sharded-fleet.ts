import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { AttackEnvironment } from '../attack/attack-environment.js';
import type { Running } from '../bench/processes.js';
import { startExporter, startListener } from './fleet-programs.js';
import { fleetTargets } from './fleet-targets.js';
import { ownMetrics, sumOf } from './own-metrics.js';
import type { FleetPlan } from './run-fleet.js';
import { ShardedPrometheus } from './sharded-prometheus.js';

/** What one exporter did. */
interface ShardResult {
  readonly targets: number;
  readonly probes: number;
  /** Processor time of a probe, in the exporter alone. */
  readonly cpuMs: number;
  /** Each minute. */
  readonly residentBytes: readonly number[];
}

/** What Prometheus and several exporters did for a fleet. Plain JSON. */
export interface ShardedFleetResult extends FleetPlan {
  readonly shards: readonly ShardResult[];
  readonly scrapes: number;
  /** Scrapes without an answer that has metrics. */
  readonly missed: number;
  /** By the minute in which they began; beside the loads, they show whether this host had no time for them. */
  readonly missedByMinute: readonly number[];
  /** Targets that were never scraped. */
  readonly neverScraped: number;
  /** Probes that failed. */
  readonly failed: number;
  readonly scrapeP50Ms: number;
  readonly scrapeP99Ms: number;
  readonly scrapeMaxMs: number;
  readonly prometheus: { readonly cpuShare: number; readonly residentBytes: number; readonly series: number };
  /** Average number of processes of this host that ran or waited to run, of a minute: from the start to the end. */
  readonly loads: readonly number[];
}

/** Two listeners, so that one process does not limit the probes of four. */
const LISTENERS = 2;

const MINUTE_MS = 60_000;

/** A scrape that began before the end is stored within its time-out. */
const SETTLE_MS = 12_000;

/** Runs the exporters behind a real Prometheus with the shipped configuration. */
export async function runShardedFleet(
  { shards, ...plan }: FleetPlan & { readonly shards: number },
  environment: AttackEnvironment,
  onMinute: (text: string) => void,
): Promise<ShardedFleetResult> {
  const running: Pick<Running, 'stop'>[] = [];
  try {
    return await measure({ shards, ...plan }, environment, { onMinute, running });
  } finally {
    await Promise.all(running.map(async (program) => program.stop()));
  }
}

/** Where the progress goes, and which programs have to be stopped at the end. */
interface RunHandlers {
  readonly onMinute: (text: string) => void;
  readonly running: Pick<Running, 'stop'>[];
}

async function measure(
  { shards, ...plan }: FleetPlan & { readonly shards: number },
  environment: AttackEnvironment,
  { onMinute, running }: RunHandlers,
): Promise<ShardedFleetResult> {
  const { env } = environment;
  const start = async (count: number, one: typeof startExporter): Promise<Running[]> => {
    const programs = await Promise.all(Array.from({ length: count }, async () => one(env)));
    running.push(...programs);
    return programs;
  };
  const listeners = await start(LISTENERS, startListener);
  const exporters = await start(shards, startExporter);
  const ports = exporters.map(({ ready }) => Number(ready[1]));
  const targets = fleetTargets(
    plan.targets,
    listeners.map(({ ready }) => ready[1] ?? ''),
  );
  const { intervalSeconds, rounds } = plan;
  const folder = environment.file('prometheus');
  const before = await Promise.all(ports.map(ownMetrics));
  const startedMs = performance.now();
  const startedSeconds = Date.now() / 1000;
  const prometheus = await ShardedPrometheus.start({ folder, targets, exporterPorts: ports, intervalSeconds }, env);
  running.push(prometheus);
  const resident: number[][] = ports.map(() => []);
  const loads: number[] = [];
  const endMs = startedMs + intervalSeconds * rounds * 1000;
  for (;;) {
    loads.push(Math.round((loadavg()[0] ?? 0) * 10) / 10);
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) break;
    await pause(Math.min(MINUTE_MS, leftMs));
    for (const [index, port] of ports.entries())
      resident[index]?.push(sumOf(await ownMetrics(port), 'process_resident_memory_bytes'));
    const megabytes = resident.map((bytes) => Math.round((bytes.at(-1) ?? 0) / 1e6));
    onMinute(`minute ${loads.length}: ${megabytes.join(', ')} MB`);
  }
  await pause(SETTLE_MS);
  const after = await Promise.all(ports.map(ownMetrics));
  const all = `[${Math.ceil((performance.now() - startedMs) / 1000)}s]`;
  const sum = async (query: string): Promise<number> => (await prometheus.values(query))[0] ?? 0;
  const probe = '{job="tentacle-probe"}';
  const up = await prometheus.samples(`up${probe}${all}`);
  const missed = up.filter(({ value }) => value === 0);
  const missedByMinute = loads.map(
    (_, minute) => missed.filter(({ seconds }) => Math.floor((seconds - startedSeconds) / 60) === minute).length,
  );
  const neverScraped = plan.targets - (await sum(`count(count_over_time(up${probe}${all}))`));
  // In one query: two would see different ends of the range.
  const success = `tentacle_probe_success${all}`;
  const failed = await sum(`sum(count_over_time(${success})) - sum(sum_over_time(${success}))`);
  const durationsMs = (await prometheus.samples(`scrape_duration_seconds${probe}${all}`))
    .map(({ value }) => value * 1000)
    .sort((a, b) => a - b);
  const percentile = (share: number): number => durationsMs[Math.ceil(share * durationsMs.length) - 1] ?? 0;
  const shardTargets = await prometheus.targetsOf(ports);
  const own = await ownMetrics(prometheus.port);
  return {
    ...plan,
    shards: ports.map((_, index) => {
      const [first, last] = [before[index] ?? new Map(), after[index] ?? new Map()];
      const grown = (name: string): number => sumOf(last, name) - sumOf(first, name);
      const probes = grown('tentacle_exporter_probes_total');
      return {
        targets: shardTargets[index] ?? 0,
        probes,
        cpuMs: (1000 * grown('process_cpu_seconds_total')) / probes,
        residentBytes: resident[index] ?? [],
      };
    }),
    scrapes: up.length,
    missed: missed.length,
    missedByMinute,
    neverScraped,
    failed,
    scrapeP50Ms: percentile(0.5),
    scrapeP99Ms: percentile(0.99),
    scrapeMaxMs: percentile(1),
    prometheus: {
      cpuShare: sumOf(own, 'process_cpu_seconds_total') / ((performance.now() - startedMs) / 1000),
      residentBytes: sumOf(own, 'process_resident_memory_bytes'),
      series: sumOf(own, 'prometheus_tsdb_head_series'),
    },
    loads,
  };
}
