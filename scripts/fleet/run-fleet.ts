import { Agent } from 'node:http';
import { DurationHistogram } from 'tentacle-protocol/cli';
import type { AttackEnvironment } from '../attack/attack-environment.js';
import { startExporter, startListener } from './fleet-programs.js';
import { fleetTargets } from './fleet-targets.js';
import { measureManyTargetsCpu, measurePacedTargetsCpu } from './many-targets-cpu.js';
import { ownMetrics, sumOf } from './own-metrics.js';
import { fetchText, scrapeAll } from './scrapes.js';

/** How many targets to probe, how often, and how many times. */
export interface FleetPlan {
  readonly targets: number;
  readonly intervalSeconds: number;
  readonly rounds: number;
}

/** What the exporter did for a fleet. Plain JSON. */
export interface FleetResult extends FleetPlan {
  readonly probes: number;
  /** No answer within the time-out. */
  readonly missed: number;
  readonly failed: number;
  readonly scrapeP50Ms: number;
  readonly scrapeP99Ms: number;
  readonly scrapeMaxMs: number;
  /** Processor time of a probe, in the exporter alone. */
  readonly cpuMs: number;
  /** Processor time of the same attempt in a run over many targets without pauses, before and after. */
  readonly manyTargetsCpuMs: readonly number[];
  /** The same at the pace of the scrapes: an idle processor sleeps between the attempts too, and needs longer for each. */
  readonly pacedCpuMs: readonly number[];
  readonly ratioWithoutPauses: number;
  readonly ratio: number;
  /** Resident memory after each round. */
  readonly residentBytes: readonly number[];
}

const US_PER_MS = 1000;

/** Runs pong as all targets, and the exporter, and scrapes as Prometheus does. */
export async function runFleet(
  plan: FleetPlan,
  environment: AttackEnvironment,
  onRound: (text: string) => void,
): Promise<FleetResult> {
  const { env } = environment;
  const listener = await startListener(env);
  const targets = fleetTargets(plan.targets, [listener.ready[1] ?? '']);
  const file = environment.file('targets.txt');
  const measure = async () => ({
    unpaced: await measureManyTargetsCpu(targets, file, env),
    paced: await measurePacedTargetsCpu(targets, { file, perSecond: plan.targets / plan.intervalSeconds, env }),
  });
  const before = await measure();
  const exporter = await startExporter(env);
  const port = Number(exporter.ready[1]);
  const agent = new Agent({ keepAlive: true });
  const durations = new DurationHistogram();
  const counts = { success: 0, failure: 0, missed: 0 };
  const residentBytes: number[] = [];
  const own = async (name: string): Promise<number> => sumOf(await ownMetrics(port), name);
  // One probe first, because code is compiled and loaded with it.
  await fetchText({ port, path: `/probe?target=${targets[0] ?? ''}` });
  const startCpuSeconds = await own('process_cpu_seconds_total');
  for (let round = 1; round <= plan.rounds; round++) {
    const one = { port, targets, intervalMs: plan.intervalSeconds * 1000, rounds: 1, agent };
    await scrapeAll(one, ({ durationMs, result }) => {
      durations.add(Math.round(durationMs * US_PER_MS));
      counts[result]++;
    });
    const bytes = await own('process_resident_memory_bytes');
    residentBytes.push(bytes);
    onRound(`round ${round}: missed ${counts.missed}, failed ${counts.failure}, ${Math.round(bytes / 1e6)} MB`);
  }
  const cpuSeconds = (await own('process_cpu_seconds_total')) - startCpuSeconds;
  agent.destroy();
  await exporter.stop();
  const after = await measure();
  await listener.stop();
  const probes = counts.success + counts.failure + counts.missed;
  const cpuMs = (1000 * cpuSeconds) / probes;
  const { p50Us, p99Us, maxUs } = durations.figures;
  return {
    ...plan,
    probes,
    missed: counts.missed,
    failed: counts.failure,
    scrapeP50Ms: p50Us / US_PER_MS,
    scrapeP99Ms: p99Us / US_PER_MS,
    scrapeMaxMs: maxUs / US_PER_MS,
    cpuMs,
    manyTargetsCpuMs: [before.unpaced, after.unpaced],
    pacedCpuMs: [before.paced, after.paced],
    ratioWithoutPauses: (2 * cpuMs) / (before.unpaced + after.unpaced),
    ratio: (2 * cpuMs) / (before.paced + after.paced),
    residentBytes,
  };
}
