import { Agent } from 'node:http';
import { DurationHistogram } from 'tentacle-protocol/cli';
import type { AttackEnvironment } from '../attack/attack-environment.js';
import { benchProgram, serve } from '../bench/processes.js';
import { measureManyTargetsCpu } from './many-targets-cpu.js';
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
  /** Processor time of the same attempt in a run over many targets, before and after. */
  readonly manyTargetsCpuMs: readonly number[];
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
  // Only a listener on all addresses accepts connections to 127.0.x.y.
  const pong = benchProgram('../../../packages/pong/bin/tentacle-pong.js');
  const listener = await serve(
    [...pong, '--port', '0', '--bind', '0.0.0.0', '--json', '--log-level', 'warn'],
    env,
    /"port":(\d+)/,
  );
  const targets = Array.from(
    { length: plan.targets },
    (_, index) => `127.0.${Math.floor(index / 250)}.${(index % 250) + 1}:${listener.ready[1] ?? ''}`,
  );
  const file = environment.file('targets.txt');
  const before = await measureManyTargetsCpu(targets, file, env);
  const exporter = await serve(
    [...benchProgram('../../../packages/ping/bin/tentacle-ping.js'), 'serve', '--port', '0'],
    env,
    /:(\d+)\//,
  );
  const port = Number(exporter.ready[1]);
  const agent = new Agent({ keepAlive: true });
  const durations = new DurationHistogram();
  const counts = { success: 0, failure: 0, missed: 0 };
  const residentBytes: number[] = [];
  const own = async (name: string): Promise<number> => {
    const text = await fetchText({ port, path: '/metrics' });
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  };
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
  const manyTargetsCpuMs = [before, await measureManyTargetsCpu(targets, file, env)];
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
    manyTargetsCpuMs,
    ratio: (cpuMs * manyTargetsCpuMs.length) / manyTargetsCpuMs.reduce((sum, one) => sum + one, 0),
    residentBytes,
  };
}
